// SPDX-License-Identifier: Apache-2.0

/** A request that did not end in 200: what the server says is wrong, or that it could not be reached (status 0). */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    detail: string,
    /** The problem's stable code, where the server gave one. */
    readonly code = "",
    /** Which part of what was sent it is about. */
    readonly field = "",
  ) {
    super(detail);
  }
}

async function failureOf(response: Response): Promise<RequestFailed> {
  try {
    const problem: unknown = await response.json();
    if (typeof problem === "object" && problem !== null && "detail" in problem) {
      const code = "code" in problem ? String(problem.code) : "";
      const field = "field" in problem ? String(problem.field) : "";
      return new RequestFailed(response.status, String(problem.detail), code, field);
    }
  } catch {
    // The body is no problem document; the status has to do.
  }
  return new RequestFailed(response.status, `The server answered ${response.status}.`);
}

export async function request<Answer>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  } catch {
    throw new RequestFailed(0, "The server cannot be reached.");
  }
  if (!response.ok) throw await failureOf(response);
  return response.json() as Promise<Answer>;
}
