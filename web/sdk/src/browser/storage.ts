// SPDX-License-Identifier: MIT
import type { KeyValue } from "../domain/identity";

/** localStorage where it works, and memory in front of it where it throws. */
export function createStorage(open: () => Storage): KeyValue {
  const memory = new Map<string, string>();
  return {
    get(key) {
      try {
        return open().getItem(key) ?? memory.get(key) ?? null;
      } catch {
        return memory.get(key) ?? null;
      }
    },
    set(key, value) {
      memory.set(key, value);
      try {
        open().setItem(key, value);
      } catch {
        // Full, forbidden or absent: memory holds it for as long as the page lives.
      }
    },
  };
}
