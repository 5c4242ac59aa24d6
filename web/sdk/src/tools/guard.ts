// SPDX-License-Identifier: MIT

/**
 * Wraps a function so that it can never throw into the host page. What it kept back is told at the level that
 * consoles hide unless asked, so a fault of ours neither alarms the site's owners nor stays invisible.
 */
export function guard<A extends unknown[], R>(fn: (...args: A) => R): (...args: A) => R | undefined {
  return function (this: unknown, ...args: A) {
    try {
      return fn.apply(this, args);
    } catch (error) {
      console.debug("handrail:", error);
      return undefined;
    }
  };
}

/** Guards every function of the API, also those one level down, so that no call can throw into the page. */
export function guardAll<T extends object>(api: T): T {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(api)) {
    safe[name] = typeof value === "function" ? guard(value as () => unknown) : guardAll(value as object);
  }
  return safe as T;
}
