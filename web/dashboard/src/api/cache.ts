// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage, Conversation, ConversationFilter, ConversationWithMessages } from "./types";

/** A list of the inbox after the stream said how one conversation is now: it may enter, change or leave. */
export function placeConversation(
  list: readonly Conversation[],
  one: Conversation,
  filter: ConversationFilter,
): Conversation[] {
  const rest = list.filter((known) => known.id !== one.id);
  const belongs = (one.state === "closed") === (filter === "closed");
  return belongs ? [...rest, one] : rest;
}

/** The last words of a conversation, from a message that may arrive before or after its conversation does. */
export function touchConversation(list: readonly Conversation[], message: ChatMessage): Conversation[] {
  return list.map((known) => {
    const older = message.at < (known.lastAt ?? 0);
    if (known.id !== message.conversationId || !message.text || older) return known;
    return { ...known, lastText: message.text, lastFrom: message.from, lastAt: message.at };
  });
}

/** Adds a message in the order of the log; a message told twice changes nothing. */
export function addMessage(known: ConversationWithMessages, message: ChatMessage): ConversationWithMessages {
  const seen = known.messages.some(
    (one) => one.messageId === message.messageId && one.event === message.event,
  );
  if (seen) return known;
  const messages = [...known.messages, message].sort((a, b) => a.offset - b.offset);
  return { ...known, messages };
}
