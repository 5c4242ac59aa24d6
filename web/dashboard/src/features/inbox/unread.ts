// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useState } from "react";
import type { ChatMessage, Conversation } from "../../api/types";

export interface Unread {
  /** Messages that came by the stream while their conversation was not looked at. */
  counts: Record<string, number>;
  /** Up to when each conversation has been read. */
  seenAt: Record<string, number>;
}

const key = "handrail.desk.seen";
const remembered = 200;

function lastWordAt(one: Conversation): number {
  return one.lastAt ?? one.openedAt;
}

export function countUnread(unread: Unread, one: Conversation): number {
  const ours = one.lastFrom === "agent" || (one.state !== "waiting" && one.lastFrom !== "visitor");
  if (ours || lastWordAt(one) <= (unread.seenAt[one.id] ?? 0)) return 0;
  return Math.max(1, unread.counts[one.id] ?? 0);
}

function loadSeen(): Record<string, number> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

function saveSeen(seenAt: Record<string, number>): void {
  const latest = Object.entries(seenAt).sort(([, a], [, b]) => b - a);
  try {
    localStorage.setItem(key, JSON.stringify(Object.fromEntries(latest.slice(0, remembered))));
  } catch {
    // Without storage everything is unread again after a reload.
  }
}

export function useUnread() {
  const [unread, setUnread] = useState<Unread>(() => ({ counts: {}, seenAt: loadSeen() }));

  useEffect(() => saveSeen(unread.seenAt), [unread.seenAt]);

  const onMessage = useCallback(({ conversationId: id, from, text }: ChatMessage) => {
    if (from !== "visitor" || !text) return;
    setUnread(({ counts, seenAt }) => ({ seenAt, counts: { ...counts, [id]: (counts[id] ?? 0) + 1 } }));
  }, []);

  const onSeen = useCallback((one: Conversation) => {
    setUnread((known) => {
      const at = lastWordAt(one);
      if (known.seenAt[one.id] === at && !known.counts[one.id]) return known;
      const { [one.id]: _, ...counts } = known.counts;
      return { counts, seenAt: { ...known.seenAt, [one.id]: at } };
    });
  }, []);

  return { unread, onMessage, onSeen };
}
