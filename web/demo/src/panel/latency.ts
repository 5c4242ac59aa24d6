// SPDX-License-Identifier: Apache-2.0
import type { OfferArrival, Sent } from "../handrail";
import type { Decision } from "./contract";

/** An offer that comes later than this after the last flush was caused by something else: a timer, or a reload. */
const causeWithinMs = 5_000;
const remembered = 200;

export interface Latency {
  sent(sent: Sent): void;
  offered(offer: OfferArrival): void;
  decided(decision: Decision): void;
  /** Milliseconds from the send that caused the latest offer to its arrival. */
  read(): number | undefined;
}

/**
 * Measures struggle → help on one clock with two readings, and network, disk and decision between them. At first the
 * last flush before the offer is taken for its cause; once the decision names its cause, that event's flush counts.
 */
export function createLatency(): Latency {
  const sentAt = new Map<string, number>();
  let lastSentAt: number | undefined;
  let offer: OfferArrival | undefined;
  let latency: number | undefined;

  function measure(from: number | undefined) {
    if (offer && from !== undefined && offer.at - from < causeWithinMs) latency = offer.at - from;
  }

  return {
    sent({ at, events }) {
      lastSentAt = at;
      for (const { id } of events) sentAt.set(id, at);
      for (const id of sentAt.keys()) {
        if (sentAt.size <= remembered) break;
        sentAt.delete(id);
      }
    },
    offered(arrival) {
      if (offer?.interventionId === arrival.interventionId) return;
      offer = arrival;
      measure(lastSentAt);
    },
    decided({ cause, interventionId }) {
      if (offer && interventionId === offer.interventionId) measure(sentAt.get(cause ?? ""));
    },
    read: () => latency,
  };
}
