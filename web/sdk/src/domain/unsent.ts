// SPDX-License-Identifier: MIT
import type { Clock } from "../tools/clock";

const KEY = "handrail.unsent";
const MOST_BYTES = 256 * 1024;
const OLDEST_MS = 24 * 3_600_000;

interface Kept {
  at: number;
  body: string;
}

export interface Unsent {
  /** Adds bodies of requests; the oldest go where there is no room for all. */
  keep(bodies: string[]): void;
  /** The oldest that is young enough, as it is to be sent now. */
  peek(): string | undefined;
  /** Takes the oldest away. */
  drop(): void;
}

/** Bodies of POST /h/e that did not arrive, in storage, for a page that comes later. `open` throws where none may be kept. */
export function createUnsent(open: () => Storage, clock: Clock): Unsent {
  function read(): Kept[] {
    try {
      const kept: Kept[] = JSON.parse(open().getItem(KEY) || "[]");
      return kept.filter(({ at }) => clock.now() - at < OLDEST_MS);
    } catch {
      return [];
    }
  }

  function write(kept: Kept[]): void {
    let bytes = 0;
    let first = kept.length;
    while (first > 0 && bytes + (kept[first - 1] as Kept).body.length <= MOST_BYTES) {
      bytes += (kept[--first] as Kept).body.length;
    }
    try {
      if (first < kept.length) open().setItem(KEY, JSON.stringify(kept.slice(first)));
      else open().removeItem(KEY);
    } catch {
      // Full or forbidden: what could not be sent is lost with the page.
    }
  }

  return {
    keep(bodies) {
      if (bodies.length) write([...read(), ...bodies.map((body) => ({ at: clock.now(), body }))]);
    },
    peek() {
      const body = read()[0]?.body;
      // The server maps times by when a request says that it is sent.
      return body?.replace(/"sentAt":\d+/, `"sentAt":${Math.round(clock.now())}`);
    },
    drop: () => write(read().slice(1)),
  };
}
