// SPDX-License-Identifier: MIT

import type { Off } from "../tools/emitter";
import { guard } from "../tools/guard";
import type { Channel, TabMessage } from "../transport/feed";

/** The channel between the tabs of one origin, or nothing where the browser has none. */
export function openChannel(name: string, onMessage: (message: TabMessage) => void): Channel | undefined {
  if (typeof BroadcastChannel !== "function") return undefined;
  const channel = new BroadcastChannel(name);
  channel.onmessage = guard((event: MessageEvent<TabMessage>) => onMessage(event.data));
  return { post: guard((message) => channel.postMessage(message)), close: () => channel.close() };
}

/** Takes a lock if nobody has it; the result gives it back. Without locks everybody has it. */
export async function claim(locks: LockManager | undefined, name: string): Promise<Off | undefined> {
  if (!locks) return () => {};
  return new Promise((resolve) => {
    const hold = (lock: Lock | null) =>
      lock ? new Promise<void>((release) => resolve(release)) : resolve(undefined);
    locks
      .request(name, { ifAvailable: true }, hold as LockGrantedCallback<void>)
      .catch(() => resolve(() => {}));
  });
}

/** Waits for the one lock of this origin. Without locks every tab leads itself. */
export function lead(locks: LockManager | undefined, name: string, onLead: () => void): () => void {
  if (!locks) {
    onLead();
    return () => {};
  }
  const wish = new AbortController();
  let resign: (() => void) | undefined;
  const hold = () =>
    new Promise<void>((resolve) => {
      resign = resolve;
      onLead();
    });
  locks.request(name, { signal: wish.signal }, hold).catch(() => {});
  return () => {
    wish.abort();
    resign?.();
  };
}
