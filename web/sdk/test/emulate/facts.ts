// SPDX-License-Identifier: MIT
import type { FactData, Track } from "../../src/domain/facts";
import type { Entry } from "../../src/transport/queue";

export interface TrackedFact {
  eventType: string;
  data: FactData;
}

/** A track function that remembers what it was given. */
export function createTrackLog(): { track: Track; facts: TrackedFact[] } {
  const facts: TrackedFact[] = [];
  return {
    facts,
    track(eventType, data) {
      facts.push({ eventType, data });
      return "";
    },
  };
}

/** A queued fact of about the wanted size. */
export function anEntry(seq: number, over: Partial<Entry> = {}): Entry {
  const json = JSON.stringify({ seq });
  const who = { anonymousId: "a", sessionId: "s" };
  return { seq, eventType: "app:x", json, bytes: json.length, who, struggle: false, ...over };
}
