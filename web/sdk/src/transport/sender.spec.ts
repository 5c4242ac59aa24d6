// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import { anEntry } from "../../test/emulate/facts";
import { createQueue } from "./queue";
import { createSender, FLUSH_AT } from "./sender";

type Answer = number | { status: number; retryAfter?: string };

/** A sender whose server gives these answers, and 200 after them. */
function setUp(answers: Answer[] = []) {
  const clock = createFakeClock();
  const queue = createQueue();
  const posts: { at: number; seqs: number[] }[] = [];
  const warnings: string[] = [];
  let gone = 0;
  let isHanging = false;
  const sender = createSender({
    queue,
    clock,
    random: () => 1,
    flushAt: FLUSH_AT,
    url: () => "/h/e",
    tabId: "t",
    warn: (message) => warnings.push(message),
    maySend: () => true,
    onExpired: () => false,
    onFirstSend: () => {},
    onGone: () => gone++,
    async post(_url, body: string | Blob) {
      posts.push({
        at: clock.mono(),
        seqs: JSON.parse(body as string).events.map(({ seq }: { seq: number }) => seq),
      });
      if (isHanging) await new Promise(() => {});
      const answer = answers.shift() ?? 200;
      const { status, retryAfter } =
        typeof answer === "number" ? { status: answer, retryAfter: undefined } : answer;
      return { status, retryAfter: retryAfter ?? null, text: "" };
    },
  });
  const add = (seq: number, over = {}) => {
    const entry = anEntry(seq, over);
    queue.push(entry);
    sender.schedule(entry.struggle);
  };
  const hang = () => {
    isHanging = true;
  };
  return { clock, queue, sender, posts, warnings, add, hang, gone: () => gone };
}

test("an ordinary fact waits for company, at most a second", async () => {
  const { clock, add, posts } = setUp();
  add(1);
  await clock.advance(500);
  add(2);
  await clock.advance(499);
  expect(posts).toEqual([]);
  await clock.advance(1);
  expect(posts).toEqual([{ at: 1_000, seqs: [1, 2] }]);
});

test("struggle goes within 20 ms and takes along what waits", async () => {
  const { clock, add, posts } = setUp();
  add(1);
  await clock.advance(100);
  add(2, { struggle: true });
  await clock.advance(20);
  expect(posts[0]?.seqs).toEqual([1, 2]);
  expect(posts[0]?.at).toBeLessThanOrEqual(120);
});

test("twenty facts or 16 KiB go at once", async () => {
  const { clock, add, posts } = setUp();
  for (let seq = 1; seq <= 20; seq++) add(seq);
  await clock.advance(0);
  expect(posts[0]?.seqs).toHaveLength(20);
  add(21, { bytes: 17_000 });
  await clock.advance(0);
  expect(posts[1]?.seqs).toEqual([21]);
});

test("one request at a time, so order holds", async () => {
  const { clock, add, hang, posts } = setUp();
  hang();
  add(1, { struggle: true });
  await clock.advance(50);
  add(2, { struggle: true });
  await clock.advance(5_000);
  expect(posts).toHaveLength(1);
});

test("retries the same batch with growing pauses, and gives up after eight tries", async () => {
  const { clock, add, posts, warnings, queue } = setUp(Array(9).fill(503));
  add(1, { struggle: true });
  await clock.advance(200_000);
  const gaps = posts.slice(1).map(({ at }, index) => at - (posts[index]?.at ?? 0));
  expect(gaps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
  expect(warnings).toHaveLength(1);
  expect(queue.takeDropped()).toBe(1);
});

test("honours Retry-After", async () => {
  const { clock, add, posts } = setUp([{ status: 429, retryAfter: "7" }]);
  add(1, { struggle: true });
  await clock.advance(7_000);
  expect(posts).toHaveLength(1);
  await clock.advance(20);
  expect(posts).toHaveLength(2);
});

test("halves what is too large until it passes, and drops one that never will", async () => {
  const { clock, add, posts, queue } = setUp([413, 413, 413]);
  for (let seq = 1; seq <= 4; seq++) add(seq, { struggle: true });
  await clock.advance(20);
  expect(posts.map(({ seqs }) => seqs)).toEqual([[1, 2, 3, 4], [1, 2], [1], [2], [3, 4]]);
  expect(queue.takeDropped()).toBe(1);
});

test("410 tells that the server does not want to hear more", async () => {
  const { clock, add, gone } = setUp([410]);
  add(1, { struggle: true });
  await clock.advance(20);
  expect(gone()).toBe(1);
});

test("another refusal drops the batch with one warning and goes on", async () => {
  const { clock, add, posts, warnings } = setUp([400]);
  add(1, { struggle: true });
  await clock.advance(20);
  add(2, { struggle: true });
  await clock.advance(20);
  expect(posts.map(({ seqs }) => seqs)).toEqual([[1], [2]]);
  expect(warnings).toHaveLength(1);
});

test("without any answer it hints once and goes on slowly, losing nothing", async () => {
  const { clock, add, posts, warnings, queue } = setUp(Array(12).fill(0));
  add(1, { struggle: true });
  await clock.advance(20_000);
  expect(posts).toHaveLength(3);
  await clock.advance(2_000_000);
  expect(posts).toHaveLength(13);
  expect(warnings).toHaveLength(1);
  expect(queue.takeDropped()).toBe(0);
});

test("a network that came back is used at once", async () => {
  const { clock, add, posts, sender } = setUp([0, 0, 0]);
  add(1, { struggle: true });
  await clock.advance(10_000);
  expect(posts).toHaveLength(3);
  sender.wake();
  await clock.advance(0);
  expect(posts).toHaveLength(4);
});

test("a pause that the server asked for outlasts a network that came back", async () => {
  const { clock, add, posts, sender } = setUp([{ status: 429, retryAfter: "7" }]);
  add(1, { struggle: true });
  await clock.advance(1_000);
  sender.wake();
  await clock.advance(5_000);
  expect(posts).toHaveLength(1);
  await clock.advance(2_000);
  expect(posts).toHaveLength(2);
});

test("hands over everything not known to have arrived, once", async () => {
  const { clock, add, hang, sender } = setUp();
  hang();
  add(1, { struggle: true });
  await clock.advance(20);
  add(2);
  expect(sender.takeAll().map(({ seq }) => seq)).toEqual([1, 2]);
  expect(sender.takeAll()).toEqual([]);
});
