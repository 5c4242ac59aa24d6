// SPDX-License-Identifier: Apache-2.0
// What becomes of the stream by which gateways hear what is decided, and what they must hear all the same.
import assert from "node:assert/strict";
import { until } from "../e2e/support.mjs";
import { createStream, kinesis } from "./emulators.mjs";
import { sendAll, splitShard } from "./load.mjs";

const STREAM = "handrail-outbox";

async function offersAreHeard(chain, name) {
  const visitors = await sendAll(chain.gateways, name, { count: 24, rounds: 2 });
  for (const { id } of visitors.filter(({ struggles }) => struggles)) {
    for (const { url } of chain.gateways) {
      const pending = async () => (await (await fetch(`${url}/api/interventions/${id}/pending`)).json()).intervention;
      await until(pending, `${url} to hear of the offer to ${id}`);
    }
  }
}

async function hasRecords(url, shard) {
  const { ShardIterator } = await kinesis(url, "GetShardIterator", { StreamName: STREAM, ShardId: shard, ShardIteratorType: "TRIM_HORIZON" });
  return (await kinesis(url, "GetRecords", { ShardIterator })).Records.length > 0;
}

export const split = "the outbox's shard splits: each gateway hears of every offer, whichever half it comes by";

export async function splitOutbox(chain) {
  const { url } = chain.aws.kinesis;
  await splitShard(url, STREAM);
  await offersAreHeard(chain, "split");
  const { Shards } = await kinesis(url, "ListShards", { StreamName: STREAM });
  const halves = Shards.filter(({ ParentShardId }) => ParentShardId);
  assert.equal(halves.length, 2);
  for (const { ShardId } of halves) assert.ok(await hasRecords(url, ShardId), `nothing came by ${ShardId}`);
}

export const anew = "the outbox is deleted and made anew: gateways hear of offers without a restart";

export async function makeOutboxAnew(chain) {
  const { url } = chain.aws.kinesis;
  await kinesis(url, "DeleteStream", { StreamName: STREAM });
  const isGone = () => kinesis(url, "DescribeStreamSummary", { StreamName: STREAM }).then(() => false, () => true);
  await until(isGone, "the outbox to be gone");
  await createStream(url, STREAM, 1);
  await offersAreHeard(chain, "anew");
}
