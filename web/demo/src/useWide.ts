// SPDX-License-Identifier: Apache-2.0
import { useSyncExternalStore } from "react";

const query = window.matchMedia("(min-width: 1000px)");

function subscribe(changed: () => void): () => void {
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether page and panel fit beside each other. The breakpoint is base.css's as well. */
export function useWide(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
