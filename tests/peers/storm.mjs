// SPDX-License-Identifier: Apache-2.0
// What Kinesis and Lambda do to a chain in bad weather, and what it must be unharmed by.
import assert from "node:assert/strict";
import { EventSourceMapping } from "./lambda.mjs";
import { check, mergeShards, sendAll, splitShard } from "./load.mjs";

export const storm = "shards split and merge, two mappings deliver everything, functions are killed: every event once and in order, one offer each";

export async function rideOutStorm(chain) {
  const { url } = chain.aws.kinesis;
  const again = new EventSourceMapping({ url, stream: "handrail-events", target: chain.lambda, batchSize: 7 });
  await again.start();
  const sending = sendAll(chain.gateways, "storm", { count: 24, rounds: 16, pauseMs: 100 });
  const kill = () => chain.lambda.environments.at(0)?.child.kill("SIGKILL");
  await splitShard(url, "handrail-events");
  kill();
  await mergeShards(url, "handrail-events");
  kill();
  await check(chain.gateways[1], await sending, { patienceMs: 60_000 });
  await again.stop();
  assert.deepEqual(chain.source.discarded, []);
}
