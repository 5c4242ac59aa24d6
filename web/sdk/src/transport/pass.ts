// SPDX-License-Identifier: MIT
import type { Clock } from "../tools/clock";
import type { Post } from "./http";
import { isRetryable } from "./retry";

export interface PassDeps {
  post: Post;
  clock: Clock;
  host: string;
  /** The page's write key; empty where the site asks for none. */
  key: string;
  anonymousId(): string;
  warn(message: string): void;
  /** The site has stopped its pages. */
  onGone(): void;
}

/** The visitor's token, which opens the stream, the chat and the answers to offers. */
export interface Pass {
  /** The address with the token in it. Nothing where none is to be had now, or ever. */
  sign(url: string): Promise<string | undefined>;
  /** The server refused the token: the next address gets another. */
  forget(): void;
}

interface Token {
  text: string;
  renewAt: number;
  anonymousId: string;
}

/** Asks for a token when one is first needed, and again when it ages or the visitor became another. */
export function createPass({ post, clock, host, key, anonymousId, warn, onGone }: PassDeps): Pass {
  let token: Token | undefined;
  let asking: Promise<void> | undefined;
  let isRefused = false;

  async function ask(): Promise<void> {
    const visitor = anonymousId();
    const { status, text } = await post(
      `${host}/v1/sessions`,
      JSON.stringify({ writeKey: key, anonymousId: visitor }),
    );
    if (status === 200) {
      const given = JSON.parse(text);
      token = { text: given.token, renewAt: given.renewAt, anonymousId: visitor };
    } else if (status === 410) {
      isRefused = true;
      onGone();
    } else if (!isRetryable(status)) {
      isRefused = true;
      warn(`the server gives this page no token (${status}): check data-key and the site's origins`);
    }
  }

  const isFresh = () => token && token.anonymousId === anonymousId() && clock.now() < token.renewAt;

  return {
    async sign(url) {
      if (!key) return url;
      if (!isFresh() && !isRefused) {
        token = undefined;
        // Whoever comes meanwhile waits for the same answer.
        asking ||= ask().finally(() => {
          asking = undefined;
        });
        await asking.catch(() => {});
      }
      return token && `${url}${url.includes("?") ? "&" : "?"}token=${encodeURIComponent(token.text)}`;
    },
    forget() {
      token = undefined;
    },
  };
}
