// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage, Intervention } from "../../api/types";
import { seconds } from "../../ui/time";
import { actorName } from "./names";

/** A message of ours that the server has not confirmed yet. */
export interface Outgoing {
  messageId: string;
  text: string;
  at: number;
  state: "sending" | "failed";
}

export type Line =
  | { kind: "system"; key: string; words: string; at: number }
  | { kind: "visitor"; key: string; text: string; at: number }
  | {
      kind: "agent";
      key: string;
      text: string;
      at: number;
      name: string | undefined;
      state: "sent" | Outgoing["state"];
    };

/** How the conversation came to be: by an offer and how fast it was taken, or by the visitor's own asking. */
export function openedWords(byOffer: boolean, intervention: Intervention | undefined): string {
  if (!byOffer) return "The visitor opened a chat";
  if (!intervention) return "Offer accepted";
  const { displayedAt, endedAt, state } = intervention;
  if (state !== "accepted" || !displayedAt || !endedAt) return "Offer accepted";
  return `Offer accepted ${seconds(Math.max(0, endedAt - displayedAt))} after it was shown`;
}

function linesOf(message: ChatMessage, opened: string): Line[] {
  const { messageId, event, from, text, at } = message;
  const key = `${event}-${messageId}`;
  const said: Line[] = !text
    ? []
    : from === "agent"
      ? [{ kind: "agent", key, text, at, name: message.name, state: "sent" }]
      : [{ kind: "visitor", key, text, at }];
  switch (event) {
    case "message":
      return said;
    case "opened":
      return [{ kind: "system", key: `${key}-system`, words: opened, at }, ...said];
    case "unanswered":
      return [{ kind: "system", key, words: "Nobody answered for 60 s; the visitor was told", at }];
    case "closed":
      return [{ kind: "system", key, words: `Closed by ${actorName(from, message.name)}`, at }];
  }
}

/** Everything to show, oldest first: the log's messages, then ours that are still on their way. */
export function conversationLines(
  messages: readonly ChatMessage[],
  outgoing: readonly Outgoing[],
  opened: string,
): Line[] {
  const arrived = new Set(messages.map((one) => one.messageId));
  const waiting: Line[] = outgoing
    .filter((one) => !arrived.has(one.messageId))
    .map(({ messageId, text, at, state }) => ({
      kind: "agent",
      key: `message-${messageId}`,
      text,
      at,
      name: undefined,
      state,
    }));
  return [...messages.flatMap((one) => linesOf(one, opened)), ...waiting];
}
