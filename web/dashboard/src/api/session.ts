// SPDX-License-Identifier: Apache-2.0
import { RequestFailed, request } from "./http";
import type { Caller } from "./types";

/** Whom the server takes us for; null where it wants us to sign in. */
export async function readCaller(): Promise<Caller | null> {
  try {
    return await request<Caller>("GET", "/v1/me");
  } catch (error) {
    if (error instanceof RequestFailed && error.status === 401) return null;
    throw error;
  }
}

export function signIn(token: string): Promise<unknown> {
  return request("POST", "/v1/desk/session", { token });
}
