// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFeed, type TabMessage } from "./feed";

/** Tabs of one browser: a bus, and a lock that the first one holds until it stops. */
function createBrowser() {
  const bus = new Set<(message: TabMessage) => void>();
  const queue: (() => void)[] = [];
  let leader: (() => void) | undefined;

  function grant(): void {
    leader = queue.shift();
    leader?.();
  }

  return function openTab() {
    const events: unknown[] = [];
    const messages: TabMessage[] = [];
    let connections = 0;
    const feed = createFeed({
      openChannel(onMessage) {
        bus.add(onMessage);
        return {
          post: (message) => bus.forEach((other) => other !== onMessage && other(message)),
          close: () => bus.delete(onMessage),
        };
      },
      lead(onLead) {
        queue.push(onLead);
        if (!leader) grant();
        return () => leader === onLead && grant();
      },
      stream: { start: () => connections++, stop: () => {} },
      onEvent: (event, data) => events.push([event, data]),
      onMessage: (message) => messages.push(message),
    });
    feed.start();
    return { feed, events, messages, connections: () => connections };
  };
}

test("only the leader connects, and every tab hears each event once", () => {
  const openTab = createBrowser();
  const [first, second] = [openTab(), openTab()];
  first.feed.receive("intervention", { interventionId: "i1" });
  expect([first.connections(), second.connections()]).toEqual([1, 0]);
  expect(first.events).toEqual([["intervention", { interventionId: "i1" }]]);
  expect(second.events).toEqual(first.events);
});

test("another tab takes over when the leader goes", () => {
  const openTab = createBrowser();
  const [first, second] = [openTab(), openTab()];
  first.feed.stop();
  expect(second.connections()).toBe(1);
});

test("a tab that comes later hears of the live offer and the conversation, but of nothing that is over", () => {
  const openTab = createBrowser();
  const first = openTab();
  first.feed.receive("chat", { messageId: "m1" });
  first.feed.receive("intervention", { interventionId: "i1" });
  expect(openTab().events).toHaveLength(2);
  first.feed.say({ say: "shown", id: "i1", tab: "t1" });
  expect(openTab().events[1]).toEqual(["intervention", { interventionId: "i1", state: "displayed" }]);
  first.feed.say({ say: "over", id: "i1" });
  expect(openTab().events).toEqual([["chat", { messageId: "m1" }]]);
});
