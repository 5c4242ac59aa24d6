// SPDX-License-Identifier: MIT
import type { KeyValue } from "../domain/identity";

export interface PageStorage extends KeyValue {
  /** Writes down what memory holds, now that it may be. */
  persist(): void;
  /** Takes out what was written, now or by an earlier page. */
  forget(keys: string[]): void;
}

/** localStorage where it works and `mayStore` lets us, and memory in front of it where it throws. */
export function createStorage(open: () => Storage, mayStore: () => unknown): PageStorage {
  const memory = new Map<string, string>();

  function attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch {
      // Full, forbidden or absent: memory holds it for as long as the page lives.
      return undefined;
    }
  }

  const write = (value: string, key: string) => attempt(() => mayStore() && open().setItem(key, value));
  return {
    get: (key) => attempt(() => (mayStore() ? open().getItem(key) : null)) ?? memory.get(key) ?? null,
    set(key, value) {
      memory.set(key, value);
      write(value, key);
    },
    persist: () => memory.forEach(write),
    forget: (keys) => attempt(() => keys.forEach((key) => open().removeItem(key))),
  };
}
