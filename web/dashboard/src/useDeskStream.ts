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
 * Keeps the cache true by the desk's stream. Each time the stream begins everything is read again, because what
 * happened between the last reading and that beginning is told by neither. Returns since when it is gone, if it is.
 */
export function useDeskStream(agent: string, hooks: Hooks): number | undefined {
  const queries = useQueryClient();
  const [goneSince, setGoneSince] = useState<number>();
  const latest = useRef(hooks);
  useEffect(() => {
    latest.current = hooks;
  });

  useEffect(() => {
    /** A reading under way may have begun before this news, and would undo it: then it is begun anew. */
    function update<Data>(queryKey: readonly string[], change: (known: Data) => Data) {
      queries.setQueryData<Data>(queryKey, (known) => known && change(known));
      if (queries.isFetching({ queryKey }) > 0) void queries.invalidateQueries({ queryKey });
    }

    function updateLists(change: (list: Conversation[], filter: ConversationFilter) => Conversation[]) {
      for (const filter of filters) {
        update<Conversation[]>(keys.conversations(filter), (list) => change(list, filter));
      }
    }

    function updateOpen(id: string, change: (known: ConversationWithMessages) => ConversationWithMessages) {
      update(keys.conversation(id), change);
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
        void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "decision" });
      },
    );
  }, [agent, queries]);

  return goneSince;
}
