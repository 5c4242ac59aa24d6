// SPDX-License-Identifier: Apache-2.0
// AWS's own Kinesis Client Library hands out the shards: leases, splits, merges and hand-off are its own.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { until } from "../e2e/support.mjs";
import { program, startGateways } from "./chain.mjs";
import { root } from "./emulators.mjs";
import { check, mergeShards, sendAll, splitShard } from "./load.mjs";
import { end } from "./processes.mjs";

const folder = mkdtempSync(join(tmpdir(), "handrail-kcl-"));
let chain;
let daemon;

function startDaemon() {
  // The library speaks HTTP/2, which the proxy does not; that AWS signs rightly needs no test. Its children go by the proxy.
  const direct = ["--aws.kinesis_endpoint", chain.aws.kinesis.url, "--aws.dynamodb_endpoint", chain.aws.dynamo.url];
  const printed = spawnSync(program, ["kcl-properties", "--executable", `${program} worker --kcl`, ...direct], { env: chain.settings, encoding: "utf8" });
  assert.equal(printed.status, 0, printed.stderr);
  // As written for production, but quicker to notice that another worker died.
  const properties = printed.stdout.replace(/failoverTimeMillis = \d+/, "failoverTimeMillis = 2000");
  writeFileSync(join(folder, "kcl.properties"), `${properties}parentShardPollIntervalMillis = 500\nshardSyncIntervalMillis = 2000\n`);
  const jars = join(root, ".tools/peers/kcl/lib/*");
  const args = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", jars, "software.amazon.kinesis.multilang.MultiLangDaemon", "--properties-file", join(folder, "kcl.properties")];
  const child = spawn("java", args, { env: chain.settings, cwd: folder });
  const running = { child, said: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (running.said = (running.said + text).slice(-200_000)));
  return running;
}

before(async () => {
  chain = await startGateways({ shards: 2, gateways: 2 });
  daemon = startDaemon();
  const version = readFileSync(join(root, ".tools/peers/kcl/pom.xml"), "utf8").match(/multilang<\/artifactId><version>([^<]+)/)[1];
  console.log(`ran against the Kinesis Client Library's MultiLangDaemon ${version}, ${chain.names}`);
});
after(async () => {
  if (daemon) await end(daemon.child);
  await chain?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const url = () => chain.aws.kinesis.url;

test("a shard splits and two merge while visitors send on: every event once and in order, one offer each", { timeout: 280_000 }, async () => {
  const begun = Date.now();
  const warm = await sendAll(chain.gateways, "warm", { count: 6, rounds: 2 });
  await check(chain.gateways[0], warm, { patienceMs: 150_000 }).catch((error) => {
    throw new Error(`${error.message}\n${daemon.said.slice(-4000)}`);
  });
  console.log(`first leases and all folded after ${Math.round((Date.now() - begun) / 1000)} s`);
  const sending = sendAll(chain.gateways, "moved", { count: 24, rounds: 24, pauseMs: 100 });
  await splitShard(url(), "handrail-events");
  await mergeShards(url(), "handrail-events");
  await check(chain.gateways[1], await sending, { patienceMs: 120_000 });
});

test("the daemon and its children are killed and started again: what was folded is folded once", { timeout: 200_000 }, async () => {
  const sending = sendAll(chain.gateways, "killed", { count: 12, rounds: 12, pauseMs: 100 });
  daemon.child.kill("SIGKILL");
  await until(() => daemon.child.signalCode !== null, "the daemon to die");
  daemon = startDaemon();
  await check(chain.gateways[0], await sending, { patienceMs: 150_000 });
});
