// SPDX-License-Identifier: MIT
import type { Reply } from "../domain/ports";

export type Post = (url: string, body: string | Blob, keepalive?: boolean) => Promise<Reply>;

/**
 * Posts JSON as text/plain, which needs no CORS preflight. A fetch that throws, rejects or is missing gives
 * status 0, so callers have one way to fail.
 */
export function createPost(fetcher: typeof fetch): Post {
  return async (url, body, keepalive) => {
    try {
      const response = await fetcher(url, {
        method: "POST",
        body,
        keepalive: !!keepalive,
        credentials: "omit",
        headers: { "content-type": "text/plain" },
      });
      const text = await response.text();
      return { status: response.status, retryAfter: response.headers.get("retry-after"), text };
    } catch {
      return { status: 0, retryAfter: null, text: "" };
    }
  };
}
