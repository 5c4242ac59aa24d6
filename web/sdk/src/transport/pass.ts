// SPDX-License-Identifier: MIT
import type { User } from "../domain/ports";
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
  /** From now on the token names this user, else the one that is known. Gives the token, where it is granted. */
  vouch(user?: User): Promise<string | undefined>;
  forgetUser(): void;
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
  let user: User | undefined;

  async function claims(): Promise<object> {
    if (!user) return {};
    const { id, token: given } = user;
    return { userId: id, userToken: typeof given === "function" ? await given() : given };
  }

  async function ask(): Promise<void> {
    const visitor = anonymousId();
    const asked = user;
    const body = JSON.stringify({ writeKey: key, anonymousId: visitor, ...(await claims()) });
    const { status, text } = await post(`${host}/v1/sessions`, body);
    if (asked !== user) return;
    if (status === 401 && user) {
      // The visitor goes on without the name.
      warn("the site's token for the user was refused: it must be a JWT (HS256, sub = the userId, exp)");
      user = undefined;
      return ask();
    }
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

  async function refresh(): Promise<void> {
    if (isFresh() || isRefused) return;
    token = undefined;
    // Whoever comes meanwhile waits for the same answer.
    asking ||= ask().finally(() => {
      asking = undefined;
    });
    await asking.catch(() => {});
  }

  return {
    async vouch(named) {
      user = named || user;
      token = asking = undefined;
      if (!key || !user) return undefined;
      await refresh();
      return user && (token as Token | undefined)?.text;
    },
    forgetUser() {
      user = token = asking = undefined;
    },
    async sign(url) {
      if (!key) return url;
      await refresh();
      return token && `${url}${url.includes("?") ? "&" : "?"}token=${encodeURIComponent(token.text)}`;
    },
    forget() {
      token = undefined;
    },
  };
}
