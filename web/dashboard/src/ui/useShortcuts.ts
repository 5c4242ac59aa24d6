// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "react";

/** Where a key already means something: text being typed, an open dialog, a region that arrows scroll. */
function isTaken(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("input, textarea, select, [role=dialog]")) return true;
  return key.startsWith("Arrow") && target.closest("[tabindex='0']") !== null;
}

type Acts = Record<string, () => void>;

/** The act of a key that may follow another ("g m"), and what the next key would follow. */
function actOf(acts: Acts, before: string, key: string): { act?: (() => void) | undefined; before: string } {
  const act = (before && acts[`${before} ${key}`]) || acts[key];
  if (act) return { act, before: "" };
  return { before: Object.keys(acts).some((keys) => keys.startsWith(`${key} `)) ? key : "" };
}

/**
 * Keys that act on the whole desk, one ("j") or one after the other ("g m"). They rest where the key is taken, and leave
 * browser shortcuts alone.
 */
export function useShortcuts(shortcuts: Acts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    let before = "";
    const onKey = (event: KeyboardEvent) => {
      const isOther = event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
      if (isOther || isTaken(event.key, event.target)) {
        before = "";
        return;
      }
      if (event.key === "Shift") return;
      const found = actOf(latest.current, before, event.key);
      before = found.before;
      if (!found.act) return;
      event.preventDefault();
      found.act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
