// SPDX-License-Identifier: Apache-2.0
import type { Conversation } from "../../api/types";

/** Since when this visitor has been waiting for a word from us; nothing where it is not our turn. */
export function waitingSince(one: Conversation): number | undefined {
  if (one.state === "waiting") return one.openedAt;
  if (one.state === "active" && one.lastFrom === "visitor") return one.lastAt ?? one.openedAt;
  return undefined;
}

function lastTouched(one: Conversation): number {
  return one.closedAt ?? one.lastAt ?? one.openedAt;
}

/** The one waiting longest first; then those where nobody waits, the latest first. */
export function inOrder(conversations: readonly Conversation[]): Conversation[] {
  return [...conversations].sort((a, b) => {
    const [waitingA, waitingB] = [waitingSince(a), waitingSince(b)];
    if (waitingA !== undefined && waitingB !== undefined) return waitingA - waitingB;
    if (waitingA !== undefined) return -1;
    if (waitingB !== undefined) return 1;
    return lastTouched(b) - lastTouched(a);
  });
}
