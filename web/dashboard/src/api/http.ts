// SPDX-License-Identifier: Apache-2.0

/** A request that did not end in 200: what the server says is wrong, or that it could not be reached (status 0). */
export class RequestFailed extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

async function problemDetail(response: Response): Promise<string> {
  try {
    const problem: unknown = await response.json();
    if (typeof problem === "object" && problem !== null && "detail" in problem) return String(problem.detail);
  } catch {
    // The body is no problem document; the status has to do.
  }
  return `The server answered ${response.status}.`;
}

export async function request<Answer>(
  method: "GET" | "POST" | "PUT",
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
  if (!response.ok) throw new RequestFailed(response.status, await problemDetail(response));
  return response.json() as Promise<Answer>;
}
