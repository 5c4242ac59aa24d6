// SPDX-License-Identifier: MIT
import type { Reply } from "../domain/ports";
import type { Clock } from "../tools/clock";
import type { Post } from "./http";
import type { Pass } from "./pass";
import { backoffMs, isRetryable, MAX_TRIES } from "./retry";

const MOST_WAITING = 20;

export type Answer = (path: string, body: object, maxTries?: number) => Promise<Reply>;

/** Posts what must arrive though the page may be closing: answers to offers and chat messages. */
export function createAnswers(
  post: Post,
  host: string,
  clock: Clock,
  random: () => number,
  pass: Pass,
): Answer {
  let waiting = 0;

  async function send(url: string, body: string): Promise<Reply> {
    const signed = await pass.sign(url);
    return signed ? post(signed, body, true) : { status: 0, retryAfter: null, text: "" };
  }

  async function attempt(url: string, body: string, maxTries: number): Promise<Reply> {
    for (let tries = 1; ; tries++) {
      let reply = await send(url, body);
      if (reply.status === 401) {
        pass.forget();
        reply = await send(url, body);
      }
      if (!isRetryable(reply.status) || tries >= maxTries) return reply;
      const ms = backoffMs(tries, random, reply.retryAfter);
      await new Promise<void>((resolve) => clock.after(ms, resolve));
    }
  }

  return async (path, body, maxTries = MAX_TRIES) => {
    if (waiting >= MOST_WAITING) return { status: 0, retryAfter: null, text: "" };
    waiting++;
    const reply = await attempt(host + path, JSON.stringify(body), maxTries);
    waiting--;
    return reply;
  };
}
