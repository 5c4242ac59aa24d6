// SPDX-License-Identifier: MIT
// @vitest-environment jsdom
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import type { ChatMessage } from "../domain/offer";
import { createChatModel } from "./chatModel";
import { linkify } from "./linkify";
import { offerView } from "./offerView";
import { choosePlace } from "./placement";

function chat(statuses: number[] = []) {
  const clock = createFakeClock();
  const posts: { path: string; body: Record<string, unknown> }[] = [];
  const model = createChatModel(
    {
      clock,
      who: () => ({ anonymousId: "a", sessionId: "s" }),
      async post(path, body) {
        posts.push({ path, body: body as Record<string, unknown> });
        const text = JSON.stringify({ conversationId: "c1", offset: 10 + posts.length });
        return { status: statuses.shift() ?? 200, retryAfter: null, text };
      },
    },
    () => {},
  );
  const receive = (over: Partial<ChatMessage>) =>
    model.receive({
      conversationId: "c1",
      messageId: "m",
      from: "agent",
      event: "message",
      at: 1,
      offset: 1,
      ...over,
    });
  return { clock, model, posts, receive };
}

test("a message opens the conversation, and its echo does not double it", async () => {
  const { clock, model, posts, receive } = chat();
  model.send(" Hello ");
  await clock.advance(0);
  expect(posts[0]).toMatchObject({
    path: "/v1/chat/conversations",
    body: { anonymousId: "a", text: "Hello" },
  });
  receive({ messageId: posts[0]?.body.messageId as string, from: "visitor", text: "Hello", offset: 11 });
  expect(model.lines()).toMatchObject([{ text: "Hello", state: "sent", offset: 11 }]);
});

test("after an accepted offer the conversation is opened by it, then messages follow in order", async () => {
  const { clock, model, posts } = chat();
  model.open("i1");
  model.send("one");
  model.send("two");
  await clock.advance(0);
  expect(posts.map(({ path, body }) => [path, body.interventionId ?? body.text])).toEqual([
    ["/v1/chat/conversations", "i1"],
    ["/v1/chat/conversations/c1/messages", "one"],
    ["/v1/chat/conversations/c1/messages", "two"],
  ]);
});

test("a message that could not be sent says so and can be sent again under its id", async () => {
  const { clock, model, posts } = chat([200, 503]);
  model.open("i1");
  model.send("one");
  await clock.advance(0);
  const [line] = model.lines();
  expect(line?.state).toBe("failed");
  model.retry(line?.id as string);
  await clock.advance(0);
  expect(model.lines()[0]?.state).toBe("sent");
  expect(posts[2]?.body.messageId).toBe(posts[1]?.body.messageId);
});

test("messages stand in the order of the server's log, each once", () => {
  const { model, receive } = chat();
  expect(receive({ messageId: "b", offset: 2, name: "Maya" })).toBe(true);
  receive({ messageId: "a", offset: 1 });
  expect(receive({ messageId: "b", offset: 2 })).toBe(false);
  expect(model.lines().map(({ id }) => id)).toEqual(["a", "b"]);
  expect(model.agent()).toBe("Maya");
  receive({ event: "closed", from: "system", offset: 3 });
  expect(model.isClosed()).toBe(true);
});

test("addresses become links, everything else stays text", () => {
  const box = document.createElement("div");
  box.append(...linkify("<b>See</b> https://a.example/x?y=1, or javascript:alert(1)."));
  expect(box.textContent).toBe("<b>See</b> https://a.example/x?y=1, or javascript:alert(1).");
  expect(Array.from(box.querySelectorAll("a")).map((link) => link.href)).toEqual(["https://a.example/x?y=1"]);
  expect(box.querySelector("b")).toBeNull();
});

test("the panel goes where it covers neither the focus nor, if possible, a primary button", () => {
  const view = { left: 0, top: 0, right: 1_000, bottom: 800 };
  const panel = { width: 300, height: 300 };
  const corner = { left: 900, top: 700, right: 960, bottom: 740 };
  const leftCorner = { left: 40, top: 700, right: 100, bottom: 740 };
  expect(choosePlace(panel, view, 24, undefined, [])).toBe("right-bottom");
  expect(choosePlace(panel, view, 24, corner, [])).toBe("left-bottom");
  expect(choosePlace(panel, view, 24, corner, [leftCorner])).toBe("right-top");
});

function drawn(strings: object, bodyLanguage?: string) {
  const box = document.createElement("div");
  box.append(...offerView({ interventionId: "i1", strings, bodyLanguage, expiresAt: 0 }, () => {}));
  return box;
}

test("what an AI worded says so below it, as text and nothing else", () => {
  const box = drawn({ body: "Stuck? <b>Ask</b> us.", disclosure: "Worded by an AI. <i>Really.</i>" }, "de");
  expect(box.querySelector("#disclosure")?.textContent).toBe("Worded by an AI. <i>Really.</i>");
  expect(box.querySelector("#body")?.textContent).toBe("Stuck? <b>Ask</b> us.");
  expect(box.querySelector("#body")?.getAttribute("lang")).toBe("de");
  expect(box.querySelectorAll("b, i")).toHaveLength(0);
});

test("a template discloses nothing", () => {
  const box = drawn({ body: "Any questions?" });
  expect(box.querySelector("#disclosure")).toBeNull();
  expect(box.querySelector("#body")?.hasAttribute("lang")).toBe(false);
});
