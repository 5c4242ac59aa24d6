// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { anEntry } from "../../test/emulate/facts";
import { cutForBeacon, sendAtExit } from "./exit";

test("cuts at 50 KiB and between identities", () => {
  const big = { bytes: 30 * 1024 };
  const other = { who: { anonymousId: "b", sessionId: "s" } };
  const chunks = cutForBeacon([anEntry(1, big), anEntry(2, big), anEntry(3), anEntry(4, other)]);
  expect(chunks.map((chunk) => chunk.map(({ seq }) => seq))).toEqual([[1], [2, 3], [4]]);
});

test("halves what a beacon refuses, down to single facts by keepalive", () => {
  const beacons: number[] = [];
  const posts: number[] = [];
  const seqsOf = (body: string) => JSON.parse(body as string).events.map(({ seq }: { seq: number }) => seq);
  sendAtExit(
    [1, 2, 3, 4].map((seq) => anEntry(seq)),
    {
      url: "/h/e",
      tabId: "t",
      now: () => 1,
      beacon(_url, body) {
        const seqs = seqsOf(body);
        if (seqs.length > 2 || seqs.includes(4)) return false;
        beacons.push(...seqs);
        return true;
      },
      async post(_url, body: string | Blob) {
        posts.push(...seqsOf(body as string));
        return { status: 200, retryAfter: null, text: "" };
      },
    },
  );
  expect([beacons, posts]).toEqual([[1, 2, 3], [4]]);
});
