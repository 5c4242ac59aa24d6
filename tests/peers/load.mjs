// SPDX-License-Identifier: Apache-2.0
// Visitors who send on while shards split and processes die, and what must be true of them afterwards.
import assert from "node:assert/strict";
import { sleep, until } from "../e2e/support.mjs";
import { kinesis } from "./emulators.mjs";

/**
 * `count` visitors whose SDK sends `rounds` batches of two facts, one visitor in three struggling at the end. `onRefused`
 * hears the status of each batch that has to be sent again, 0 where there was no answer, which nobody may meet unheard.
 */
export async function sendAll(gateways, name, { count = 30, rounds = 10, pauseMs = 50, onRefused } = {}) {
  const visitors = Array.from({ length: count }, (_, i) => ({ id: `${name}-${i}`, struggles: i % 3 === 0, sent: [] }));
  const send = async (visitor, round) => {
    const struggles = visitor.struggles && round === rounds - 1;
    const tabId = `tab-${visitor.id}`.padEnd(16, "0");
    const events = [0, 1].map((i) => {
      const seq = 2 * round + i + 1;
      const eventType = struggles && i === 1 ? "struggle_signal" : "page";
      const eventData = eventType === "page" ? { path: "/loan" } : { feature: "loan-calculator", attemptCount: 3 };
      visitor.sent.push(`${tabId}:${seq}`);
      return { seq, eventType, timestamp: Date.now(), mono: 1000 * seq, eventData };
    });
    const body = JSON.stringify({ v: 1, anonymousId: visitor.id, sessionId: `s-${visitor.id}`, tabId, sentAt: Date.now(), events });
    for (;;) {
      const gateway = gateways[(round + visitor.id.length) % gateways.length];
      const response = await fetch(`${gateway.url}/h/e`, { method: "POST", body }).catch((error) => {
        if (!onRefused) throw error;
        return { status: 0, text: () => error.message };
      });
      if (response.status === 200) {
        const answer = await response.json();
        assert.equal(answer.accepted, 2, JSON.stringify(answer));
        return;
      }
      assert.ok([0, 502, 503, 504].includes(response.status), `${response.status} ${await response.text()}`);
      onRefused?.(response.status);
      await sleep(100); // as the SDK does: it is kept, and sent again
    }
  };
  for (let round = 0; round < rounds; ++round) {
    await Promise.all(visitors.map((visitor) => send(visitor, round)));
    await sleep(pauseMs);
  }
  return visitors;
}

/**
 * Every event once and in its order, one offer for each who struggled and none for others. What was sent again because
 * nobody knew what became of it may be listed twice (`mayRepeat`), and is folded once all the same.
 */
export async function check(gateway, visitors, { patienceMs = 30_000, mayRepeat = false } = {}) {
  const get = async (path) => {
    const response = await fetch(gateway.url + path);
    return response.status === 200 ? (await response.json()).items : [];
  };
  for (const { id, sent, struggles } of visitors) {
    const events = await until(async () => {
      const items = await get(`/v1/visitors/${id}/events?limit=500`);
      return new Set(items.map(({ eventId }) => eventId)).size >= sent.length && items;
    }, `the events of ${id}`, patienceMs);
    const listed = events.map(({ eventId }) => eventId).reverse();
    assert.deepEqual(mayRepeat ? [...new Set(listed)] : listed, sent, id);
    const [[journey], decisions, interventions] = await Promise.all(["journeys", "decisions", "interventions"].map((list) => get(`/v1/visitors/${id}/${list}`)));
    assert.equal(journey.events, sent.length, id);
    const offers = decisions.filter(({ outcome }) => outcome === "offer");
    assert.equal(offers.length, struggles ? 1 : 0, id);
    assert.equal(interventions.length, struggles ? 1 : 0, id);
  }
}

/** What is no record of ours, by `put(key, data)`: once under a key that names nobody, once in a form that nobody knows. */
export async function keepsForeign(gateway, put) {
  await put("somebody", "{}");
  await put("0123456789abcdef0123456789abcdef", "\u0007");
  const letters = await until(async () => {
    const { items } = await (await fetch(`${gateway.url}/v1/dead-letters`)).json();
    return items.length >= 2 && items;
  }, "two dead letters");
  assert.ok(letters.some(({ error }) => error.includes("names no visitor")), JSON.stringify(letters));
  assert.ok(letters.some(({ error }) => error.includes("format 7")), JSON.stringify(letters));
}

/** Splits the widest open shard in the middle. */
export async function splitShard(url, stream) {
  const { Shards } = await kinesis(url, "ListShards", { StreamName: stream });
  const open = Shards.filter((shard) => !shard.SequenceNumberRange.EndingSequenceNumber);
  const width = ({ HashKeyRange: { StartingHashKey, EndingHashKey } }) => BigInt(EndingHashKey) - BigInt(StartingHashKey);
  const widest = open.reduce((a, b) => (width(a) >= width(b) ? a : b));
  const middle = BigInt(widest.HashKeyRange.StartingHashKey) + width(widest) / 2n + 1n;
  await kinesis(url, "SplitShard", { StreamName: stream, ShardToSplit: widest.ShardId, NewStartingHashKey: String(middle) });
  await isActive(url, stream);
}

/** Merges the two lowest open shards. */
export async function mergeShards(url, stream) {
  const { Shards } = await kinesis(url, "ListShards", { StreamName: stream });
  const open = Shards.filter((shard) => !shard.SequenceNumberRange.EndingSequenceNumber);
  open.sort((a, b) => (BigInt(a.HashKeyRange.StartingHashKey) < BigInt(b.HashKeyRange.StartingHashKey) ? -1 : 1));
  await kinesis(url, "MergeShards", { StreamName: stream, ShardToMerge: open[0].ShardId, AdjacentShardToMerge: open[1].ShardId });
  await isActive(url, stream);
}

async function isActive(url, stream) {
  await until(async () => {
    const { StreamDescriptionSummary } = await kinesis(url, "DescribeStreamSummary", { StreamName: stream });
    return StreamDescriptionSummary.StreamStatus === "ACTIVE";
  }, "the stream to be active again");
}
