// SPDX-License-Identifier: MIT

export type Cancel = () => void;

/** Time as the SDK sees it; injected so that every wait can be tested without waiting. */
export interface Clock {
  /** Wall time in ms since 1970. */
  now(): number;
  /** Monotonic ms since the page started. */
  mono(): number;
  /** Runs `fn` once after `ms`; the result cancels it. */
  after(ms: number, fn: () => void): Cancel;
}
