// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { anEntry } from "../../test/emulate/facts";
import { createQueue } from "./queue";

const seqs = (entries: { seq: number }[]) => entries.map(({ seq }) => seq);

test("gives entries back in order, within the limits but at least one", () => {
  const queue = createQueue();
  for (let seq = 1; seq <= 5; seq++) queue.push(anEntry(seq, { bytes: 100 }));
  expect(seqs(queue.take({ events: 2, bytes: 10_000 }))).toEqual([1, 2]);
  expect(seqs(queue.take({ events: 9, bytes: 210 }))).toEqual([3, 4]);
  expect(seqs(queue.take({ events: 9, bytes: 1 }))).toEqual([5]);
  expect(queue.take({ events: 9, bytes: 1 })).toEqual([]);
});

test("never mixes two identities in one batch", () => {
  const queue = createQueue();
  queue.push(anEntry(1));
  queue.push(anEntry(2, { who: { anonymousId: "a", sessionId: "s", userId: "u" } }));
  expect(seqs(queue.take({ events: 9, bytes: 9_999 }))).toEqual([1]);
});

test("drops the oldest ordinary fact first, struggle last, and counts", () => {
  const queue = createQueue(() => ({ events: 3, bytes: 9_999 }));
  queue.push(anEntry(1, { struggle: true }));
  for (let seq = 2; seq <= 5; seq++) queue.push(anEntry(seq));
  queue.push(anEntry(6, { struggle: true }));
  queue.push(anEntry(7, { struggle: true }));
  queue.push(anEntry(8, { struggle: true }));
  expect(seqs(queue.take({ events: 9, bytes: 9_999 }))).toEqual([6, 7, 8]);
  expect(queue.takeDropped()).toBe(5);
  expect(queue.takeDropped()).toBe(0);
});
