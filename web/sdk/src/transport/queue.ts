// SPDX-License-Identifier: MIT
import type { Who } from "../domain/facts";

/** A fact waiting to be sent, already in its wire form. */
export interface Entry {
  seq: number;
  eventType: string;
  json: string;
  bytes: number;
  who: Who;
  struggle: boolean;
}

export interface QueueLimits {
  events: number;
  bytes: number;
}

export interface Queue {
  push(entry: Entry): void;
  /** Removes and returns the oldest entries of one identity, within both limits but at least one. */
  take(limits: QueueLimits): Entry[];
  size(): number;
  bytes(): number;
  /** How many were dropped since the last call. */
  takeDropped(): number;
  countDropped(count: number): void;
}

export const QUEUE_LIMITS: QueueLimits = { events: 500, bytes: 256 * 1024 };
/** While the visitor has not yet agreed. */
export const WAITING_LIMITS: QueueLimits = { events: 50, bytes: 64 * 1024 };

export function isSameWho(a: Who, b: Who): boolean {
  return a.anonymousId === b.anonymousId && a.sessionId === b.sessionId && a.userId === b.userId;
}

/** Holds facts in memory. When full, the oldest ordinary fact goes first and struggle goes last. */
export function createQueue(limits: () => QueueLimits = () => QUEUE_LIMITS): Queue {
  const entries: Entry[] = [];
  let bytes = 0;
  let dropped = 0;

  function remove(index: number, count: number): Entry[] {
    const removed = entries.splice(index, count);
    for (const entry of removed) bytes -= entry.bytes;
    return removed;
  }

  return {
    push(entry) {
      entries.push(entry);
      bytes += entry.bytes;
      const { events, bytes: most } = limits();
      while (entries.length > events || bytes > most) {
        const ordinary = entries.findIndex((candidate) => !candidate.struggle);
        remove(Math.max(ordinary, 0), 1);
        dropped++;
      }
    },
    take(wanted) {
      const first = entries[0];
      if (!first) return [];
      let count = 0;
      let total = 0;
      for (const entry of entries) {
        total += entry.bytes + 1;
        const fits = count < wanted.events && total <= wanted.bytes && isSameWho(entry.who, first.who);
        if (count > 0 && !fits) break;
        count++;
      }
      return remove(0, count);
    },
    size: () => entries.length,
    bytes: () => bytes,
    takeDropped() {
      const count = dropped;
      dropped = 0;
      return count;
    },
    countDropped(count) {
      dropped += count;
    },
  };
}
