// SPDX-License-Identifier: Apache-2.0

/** A flush on its way: `at` is performance.now() at the send, `events` name what it carries. */
export interface Sent {
  at: number;
  events: { id: string }[];
}

/** An offer that has reached this page, at performance.now() `at`. */
export interface OfferArrival {
  interventionId: string;
  at: number;
}

/** The part of the browser SDK's public face that this page uses. The script loads on its own and may be absent. */
export interface Handrail {
  ids(): { anonymousId: string };
  goal(name: string): void;
  reset(): void;
  on(event: "sent", listener: (sent: Sent) => void): (() => void) | undefined;
  on(event: "offer", listener: (offer: OfferArrival) => void): (() => void) | undefined;
}

declare global {
  interface Window {
    handrail?: Handrail;
  }
}

/** The SDK once its script has run; a queueing stub without ids does not count. */
export function loadedHandrail(): Handrail | undefined {
  const handrail = window.handrail;
  return handrail && typeof handrail.ids === "function" ? handrail : undefined;
}
