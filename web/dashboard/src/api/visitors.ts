// SPDX-License-Identifier: Apache-2.0
import { request } from "./http";
import type { Collections, Decision, Page } from "./types";

export function readCollection<Name extends keyof Collections>(
  visitor: string,
  collection: Name,
  limit: number,
  before?: string,
): Promise<Page<Collections[Name]>> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before) query.set("before", before);
  return request("GET", `/v1/visitors/${encodeURIComponent(visitor)}/${collection}?${query}`);
}

export function readDecision(id: string): Promise<Decision> {
  return request("GET", `/v1/decisions/${id}`);
}
