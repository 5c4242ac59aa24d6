// SPDX-License-Identifier: MIT

/** Errors of ours that were kept from the host page; the newest is the one worth looking at when debugging. */
export const swallowed: { count: number; last?: unknown } = { count: 0 };

/** Wraps a function so that it can never throw into the host page. */
export function guard<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R | undefined {
  return function (this: unknown, ...args: A) {
    try {
      return fn.apply(this, args);
    } catch (error) {
      swallowed.count++;
      swallowed.last = error;
      return undefined;
    }
  };
}
