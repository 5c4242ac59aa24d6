// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { addMessage } from "../../api/cache";
import { postMessage } from "../../api/desk";
import { keys } from "../../api/queries";
import type { ConversationWithMessages } from "../../api/types";
import type { Outgoing } from "./lines";

/**
 * Our messages between Enter and the server's 200. Each keeps its id through every try, so a message that did arrive
 * although its answer was lost is never said twice.
 */
export function useOutbox(conversationId: string, agent: string) {
  const [outgoing, setOutgoing] = useState<Outgoing[]>([]);
  const queries = useQueryClient();

  const post = useCallback(
    async ({ messageId, text }: Pick<Outgoing, "messageId" | "text">) => {
      try {
        const { offset, at } = await postMessage(conversationId, agent, messageId, text);
        queries.setQueryData<ConversationWithMessages>(keys.conversation(conversationId), (known) =>
          known
            ? addMessage(known, {
                conversationId,
                messageId,
                from: "agent",
                name: agent,
                event: "message",
                text,
                at: at ?? Date.now(),
                offset,
              })
            : known,
        );
        setOutgoing((known) => known.filter((one) => one.messageId !== messageId));
      } catch {
        setOutgoing((known) =>
          known.map((one) => (one.messageId === messageId ? { ...one, state: "failed" } : one)),
        );
      }
    },
    [conversationId, agent, queries],
  );

  const send = useCallback(
    (text: string) => {
      const message: Outgoing = { messageId: crypto.randomUUID(), text, at: Date.now(), state: "sending" };
      setOutgoing((known) => [...known, message]);
      void post(message);
    },
    [post],
  );

  const retry = useCallback(
    (messageId: string) => {
      const failed = outgoing.find((one) => one.messageId === messageId);
      if (!failed) return;
      setOutgoing((known) => known.map((one) => (one === failed ? { ...one, state: "sending" } : one)));
      void post(failed);
    },
    [outgoing, post],
  );

  return { outgoing, send, retry };
}
