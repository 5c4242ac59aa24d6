// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { addMessage, placeConversation, touchConversation } from "./api/cache";
import { keys } from "./api/queries";
import { openDeskStream } from "./api/streams";
import type { ChatMessage, Conversation, ConversationFilter, ConversationWithMessages } from "./api/types";

const filters: ConversationFilter[] = ["open", "closed"];

interface Hooks {
  /** The stream is there (again): what depends on it can be told anew. */
  onLive(): void;
  onMessage(message: ChatMessage): void;
}

/**
 * Keeps the cache true by the desk's stream. After a gap everything is read again, because the gap may have swallowed
 * changes. Returns since when the stream is gone, if it is.
 */
export function useDeskStream(agent: string, hooks: Hooks): number | undefined {
  const queries = useQueryClient();
  const [goneSince, setGoneSince] = useState<number>();
  const latest = useRef(hooks);
  useEffect(() => {
    latest.current = hooks;
  });

  useEffect(() => {
    let opened = false;

    function updateLists(change: (list: Conversation[], filter: ConversationFilter) => Conversation[]) {
      for (const filter of filters) {
        queries.setQueryData<Conversation[]>(
          keys.conversations(filter),
          (list) => list && change(list, filter),
        );
      }
    }

    function updateOpen(id: string, change: (known: ConversationWithMessages) => ConversationWithMessages) {
      queries.setQueryData<ConversationWithMessages>(
        keys.conversation(id),
        (known) => known && change(known),
      );
    }

    return openDeskStream(
      agent,
      {
        conversation: (one) => {
          updateLists((list, filter) => placeConversation(list, one, filter));
          updateOpen(one.id, (known) => ({ ...known, conversation: one }));
        },
        chat: (message) => {
          updateLists((list) => touchConversation(list, message));
          updateOpen(message.conversationId, (known) => addMessage(known, message));
          latest.current.onMessage(message);
        },
        availability: (availability) => queries.setQueryData(keys.availability, availability),
      },
      (live) => {
        setGoneSince((since) => (live ? undefined : (since ?? Date.now())));
        if (!live) return;
        latest.current.onLive();
        if (opened)
          void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "decision" });
        opened = true;
      },
    );
  }, [agent, queries]);

  return goneSince;
}
