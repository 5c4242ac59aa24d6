// SPDX-License-Identifier: MIT
import type { Off } from "../tools/emitter";

/**
 * Replaces a method and returns what puts the original back. When somebody patched after us the method is left
 * alone, since taking it away would take theirs away too; ours has then become a plain pass-through by `isOn`.
 */
export function patch<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  wrap: (original: T[K], isOn: () => boolean) => T[K],
): Off {
  const original = owner[name];
  const own = !!Object.getOwnPropertyDescriptor(owner, name);
  if (typeof original !== "function") return () => {};
  let on = true;
  const mine = wrap(original, () => on);
  owner[name] = mine;
  return () => {
    on = false;
    if (owner[name] !== mine) return;
    if (own) owner[name] = original;
    else delete owner[name];
  };
}
