// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { addMessage, placeConversation, touchConversation } from "../../api/cache";
import type { ChatMessage, Conversation } from "../../api/types";
import { inOrder, waitingSince } from "./order";
import { countUnread, type Unread } from "./unread";
import { labelOf, previewOf, reasonTag, whenWords } from "./words";

function conversation(id: string, more: Partial<Conversation> = {}): Conversation {
  return { id, visitor: `visitor-${id}`, state: "active", openedAt: 1_000, ...more };
}

function message(offset: number, more: Partial<ChatMessage> = {}): ChatMessage {
  return {
    conversationId: "a",
    messageId: `m${offset}`,
    from: "visitor",
    event: "message",
    text: `text ${offset}`,
    at: offset * 1_000,
    offset,
    ...more,
  };
}

describe("order", () => {
  test("the one waiting longest comes first, the answered ones after, the latest of them first", () => {
    const list = [
      conversation("answered", { lastFrom: "agent", lastAt: 9_000 }),
      conversation("late", { state: "waiting", openedAt: 8_000 }),
      conversation("ourTurn", { lastFrom: "visitor", lastAt: 5_000 }),
      conversation("early", { state: "waiting", openedAt: 2_000 }),
      conversation("answeredLater", { lastFrom: "agent", lastAt: 9_500 }),
    ];
    expect(inOrder(list).map((one) => one.id)).toEqual([
      "early",
      "ourTurn",
      "late",
      "answeredLater",
      "answered",
    ]);
  });

  test("nobody waits in a closed conversation", () => {
    expect(waitingSince(conversation("a", { state: "closed", lastFrom: "visitor" }))).toBeUndefined();
  });
});

describe("cache", () => {
  test("a conversation enters, changes in place of itself, and leaves when it closes", () => {
    const entered = placeConversation([], conversation("a"), "open");
    const changed = placeConversation(entered, conversation("a", { lastText: "hi" }), "open");
    expect(changed).toEqual([conversation("a", { lastText: "hi" })]);
    const closed = conversation("a", { state: "closed" });
    expect(placeConversation(changed, closed, "open")).toEqual([]);
    expect(placeConversation([], closed, "closed")).toEqual([closed]);
  });

  test("a late message does not overwrite later last words", () => {
    const list = [conversation("a", { lastText: "new", lastAt: 9_000 })];
    expect(touchConversation(list, message(5))[0]?.lastText).toBe("new");
    expect(touchConversation(list, message(10))[0]?.lastText).toBe("text 10");
  });

  test("messages are kept in log order and once", () => {
    let known = { conversation: conversation("a"), messages: [message(1), message(3)] };
    known = addMessage(known, message(2));
    known = addMessage(known, message(2));
    expect(known.messages.map((one) => one.offset)).toEqual([1, 2, 3]);
  });
});

describe("unread", () => {
  const nothing: Unread = { counts: {}, seenAt: {} };

  test("counts what came while it was not looked at", () => {
    const one = conversation("a", { lastFrom: "visitor", lastAt: 5_000 });
    expect(countUnread({ counts: { a: 3 }, seenAt: {} }, one)).toBe(3);
    expect(countUnread(nothing, one)).toBe(1);
    expect(countUnread({ counts: {}, seenAt: { a: 5_000 } }, one)).toBe(0);
  });

  test("our own last word leaves nothing unread", () => {
    expect(countUnread(nothing, conversation("a", { lastFrom: "agent", lastAt: 5_000 }))).toBe(0);
  });

  test("a visitor who waits without a word is unread until opened", () => {
    const waiting = conversation("a", { state: "waiting" });
    expect(countUnread(nothing, waiting)).toBe(1);
    expect(countUnread({ counts: {}, seenAt: { a: 1_000 } }, waiting)).toBe(0);
  });
});

describe("words", () => {
  test("label, preview and tag say what is known", () => {
    expect(labelOf(conversation("7q2x"))).toBe("Visitor 7q2x");
    expect(previewOf(conversation("a", { interventionId: "i" }))).toBe("offer accepted, no message yet");
    expect(previewOf(conversation("a", { lastText: "Hello", lastFrom: "agent" }))).toBe("You: Hello");
    expect(reasonTag(conversation("a", { riskAtOffer: 77, reason: "submit failed twice" }))).toBe(
      "77 · submit failed twice",
    );
    expect(reasonTag(conversation("a"))).toBeUndefined();
  });

  test("a wait ticks, an answered conversation is only so old", () => {
    expect(whenWords(conversation("a", { state: "waiting", openedAt: 1_000 }), 39_000)).toBe("waiting 0:38");
    expect(whenWords(conversation("a", { lastFrom: "agent", lastAt: 0 }), 250_000)).toBe("4 min");
  });
});
