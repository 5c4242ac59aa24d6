// SPDX-License-Identifier: MIT
import type { Cancel, Clock } from "../tools/clock";
import { wrap } from "./envelope";
import type { Post } from "./http";
import type { Entry, Queue } from "./queue";
import { backoffMs, isRetryable, MAX_TRIES } from "./retry";

export const BATCH = { events: 50, bytes: 16 * 1024 };
export const FLUSH_AT = { events: 20, bytes: BATCH.bytes, ms: 1_000 };
const URGENT_MS = 10;
/** After this many failures without an answer something blocks us: say so once and try slowly. */
const BLOCKED_AFTER = 3;
const SLOWLY_MS = 30_000;

export interface SenderDeps {
  queue: Queue;
  post: Post;
  clock: Clock;
  random(): number;
  /** When what waits is sent; the server may change it. */
  flushAt: typeof FLUSH_AT;
  url(): string;
  tabId: string;
  warn(message: string): void;
  /** The visitor agreed that facts leave the page. */
  maySend(): boolean;
  /** A batch is about to leave for the first time. */
  onFirstSend(entries: Entry[]): void;
  /** The server does not take the visitor's token: whether another is on its way. */
  onExpired(): boolean;
  /** The server does not want to hear from this page again. */
  onGone(): void;
}

export interface Sender {
  /** Sees to it that the queue is sent no later than its rules say. */
  schedule(urgent: boolean): void;
  /** Sends what there is; resolves when nothing more can be sent now. */
  flush(): Promise<void>;
  /** Hands over everything not known to have arrived, for the exit path. */
  takeAll(): Entry[];
  /** The network may be back: do not wait out a pause for want of an answer. One that the server asked for stays. */
  wake(): void;
  /** What was sent last got no answer. */
  isStuck(): boolean;
  stop(): void;
}

/** Sends one batch at a time, so that facts arrive in order, and repeats what did not arrive. */
export function createSender(deps: SenderDeps): Sender {
  const { queue, clock } = deps;
  /** Batches that were already cut and wait for another try. */
  let pending: Entry[][] = [];
  let inFlight: Entry[] | undefined;
  let running: Promise<void> | undefined;
  let tries = 0;
  let unanswered = 0;
  let pausedUntil = 0;
  let stopped = false;
  let timer: Cancel | undefined;
  let timerAt = Number.POSITIVE_INFINITY;

  function scheduleAt(at: number): void {
    if (stopped || at >= timerAt) return;
    timer?.();
    timerAt = at;
    timer = clock.after(Math.max(0, at - clock.mono()), () => {
      timerAt = Number.POSITIVE_INFINITY;
      void flush();
    });
  }

  function pause(ms: number): void {
    pausedUntil = clock.mono() + ms;
    scheduleAt(pausedUntil);
  }

  function giveUp(entries: Entry[], why: string): void {
    queue.countDropped(entries.length);
    deps.warn(`${entries.length} events were not accepted: ${why}`);
    tries = 0;
  }

  function onUnanswered(entries: Entry[]): void {
    pending.unshift(entries);
    unanswered++;
    if (unanswered === BLOCKED_AFTER) {
      deps.warn("no answer from the server: blocked, or no network?");
    }
    const slowly = unanswered >= BLOCKED_AFTER ? SLOWLY_MS : 0;
    pause(slowly + backoffMs(unanswered, deps.random, null));
  }

  function onRefused(entries: Entry[], status: number, retryAfter: string | null): void {
    if (status === 401 && deps.onExpired()) {
      pending.unshift(entries);
    } else if (status === 410) {
      deps.onGone();
    } else if (status === 413 && entries.length > 1) {
      const middle = Math.ceil(entries.length / 2);
      pending.unshift(entries.slice(0, middle), entries.slice(middle));
    } else if (isRetryable(status) && ++tries < MAX_TRIES) {
      pending.unshift(entries);
      pause(backoffMs(tries, deps.random, retryAfter));
    } else {
      giveUp(entries, `status ${status}`);
    }
  }

  async function sendNext(): Promise<boolean> {
    if (stopped || !deps.maySend()) return false;
    if (clock.mono() < pausedUntil) {
      scheduleAt(pausedUntil);
      return false;
    }
    const again = pending.shift();
    const entries = again || queue.take(BATCH);
    if (!entries.length) return false;
    if (!again) deps.onFirstSend(entries);
    inFlight = entries;
    const reply = await deps.post(deps.url(), wrap(entries, deps.tabId, clock.now()));
    inFlight = undefined;
    if (reply.status === 0) {
      onUnanswered(entries);
      return true;
    }
    unanswered = 0;
    if (reply.status === 200) tries = 0;
    else onRefused(entries, reply.status, reply.retryAfter);
    return true;
  }

  async function drain(): Promise<void> {
    while (await sendNext());
    running = undefined;
  }

  function flush(): Promise<void> {
    running = running || drain();
    return running;
  }

  return {
    schedule(urgent) {
      const full = queue.size() >= deps.flushAt.events || queue.bytes() >= deps.flushAt.bytes;
      const wait = full ? 0 : urgent ? URGENT_MS : deps.flushAt.ms;
      scheduleAt(Math.max(clock.mono() + wait, pausedUntil));
    },
    flush,
    takeAll() {
      const all = [...(inFlight || []), ...pending.flat()];
      inFlight = undefined;
      pending = [];
      for (let next = queue.take(BATCH); next.length; next = queue.take(BATCH)) all.push(...next);
      return all;
    },
    wake() {
      if (!unanswered) return;
      pausedUntil = 0;
      scheduleAt(clock.mono());
    },
    isStuck: () => unanswered > 0,
    stop() {
      stopped = true;
      timer?.();
    },
  };
}
