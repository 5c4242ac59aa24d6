// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "react";

/** Where a key already means something: text being typed, an open dialog, a region that arrows scroll. */
function isTaken(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("input, textarea, select, [role=dialog]")) return true;
  return key.startsWith("Arrow") && target.closest("[tabindex='0']") !== null;
}

/** Single keys that act on the whole desk. They rest where the key is taken, and leave browser shortcuts alone. */
export function useShortcuts(shortcuts: Record<string, () => void>): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.defaultPrevented ||
        isTaken(event.key, event.target)
      )
        return;
      const act = latest.current[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
