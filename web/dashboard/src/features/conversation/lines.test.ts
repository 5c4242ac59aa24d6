// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { ChatMessage, Intervention } from "../../api/types";
import { conversationLines, openedWords } from "./lines";

const offer: Intervention = {
  id: "i",
  decisionId: "d",
  state: "accepted",
  at: 0,
  displayedAt: 10_000,
  endedAt: 11_640,
};

function message(offset: number, more: Partial<ChatMessage>): ChatMessage {
  return {
    conversationId: "c",
    messageId: `m${offset}`,
    from: "visitor",
    event: "message",
    at: offset,
    offset,
    ...more,
  };
}

test("an accepted offer says how fast it was taken", () => {
  expect(openedWords(true, offer)).toBe("Offer accepted 1.6 s after it was shown");
  expect(openedWords(true, { ...offer, endedAt: null })).toBe("Offer accepted");
  expect(openedWords(true, undefined)).toBe("Offer accepted");
  expect(openedWords(false, undefined)).toBe("The visitor opened a chat");
});

test("an opening with words gives a line of the system and the visitor's own", () => {
  const lines = conversationLines([message(1, { event: "opened", text: "Hi" })], [], "Offer accepted");
  expect(lines.map((line) => line.kind)).toEqual(["system", "visitor"]);
});

test("silence and closing are told", () => {
  const lines = conversationLines(
    [
      message(1, { event: "unanswered", from: "system" }),
      message(2, { event: "closed", from: "agent", name: "Maya" }),
      message(3, { event: "closed", from: "visitor" }),
    ],
    [],
    "",
  );
  expect(lines.map((line) => line.kind === "system" && line.words)).toEqual([
    "Nobody answered for 60 s; the visitor was told",
    "Closed by Maya",
    "Closed by the visitor",
  ]);
});

test("our message on its way stands last, and once it has arrived only the log's one is shown", () => {
  const outgoing = [{ messageId: "m2", text: "Hello!", at: 5, state: "sending" as const }];
  const first = conversationLines([message(1, { text: "Hi" })], outgoing, "");
  expect(first.at(-1)).toMatchObject({ kind: "agent", state: "sending", text: "Hello!" });
  const arrived = message(2, { from: "agent", name: "Maya", text: "Hello!" });
  const then = conversationLines([message(1, { text: "Hi" }), arrived], outgoing, "");
  expect(then).toHaveLength(2);
  expect(then.at(-1)).toMatchObject({ kind: "agent", state: "sent", key: first.at(-1)?.key });
});
