// SPDX-License-Identifier: Apache-2.0
// Gateways and workers around a real Kafka, the state in DynamoDB: help on the page, and workers who come, go and die.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, afterEach, before, test } from "node:test";
import { launchBrowser, offered, sleep, struggle, until, visit } from "../e2e/support.mjs";
import { program } from "./chain.mjs";
import { end, freePort, launch, startAws } from "./emulators.mjs";
import { startKafka } from "./kafka.mjs";
import { check, sendAll } from "./load.mjs";

let browser;
let aws;
let kafka;
let visitor;
let settings;
const gateways = [];
const workers = [];

const start = async (list, command, ...flags) => {
  const port = await freePort();
  const running = await launch(program, [command, ...flags, "--listen", `127.0.0.1:${port}`], port, { env: settings });
  list.push({ ...running, url: `http://127.0.0.1:${port}` });
  return list.at(-1);
};
const figure = async ({ url }, name) => Number((await (await fetch(`${url}/metrics`)).text()).match(new RegExp(`^${name} ([\\d.e+]+)$`, "m"))?.[1]);
const partitions = async () => Promise.all(workers.map((worker) => figure(worker, "handrail_kafka_partitions")));

before(async () => {
  [browser, aws, kafka] = await Promise.all([launchBrowser(), startAws(), startKafka(1)]);
  settings = {
    ...process.env,
    ...aws.env,
    HANDRAIL_STREAM__KIND: "kafka",
    HANDRAIL_KAFKA__BROKERS: kafka.brokers,
    HANDRAIL_KAFKA__PARTITIONS: "6",
    HANDRAIL_KAFKA__REPLICATION: "1",
    HANDRAIL_KAFKA__SESSION_MS: "2000",
    HANDRAIL_KAFKA__PROPERTIES: "broker.address.family=v4",
  };
  const made = spawnSync(program, ["tables", "create"], { env: settings, encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  await Promise.all([start(gateways, "gateway", "--demo"), start(gateways, "gateway", "--demo"), start(workers, "worker")]);
  console.log(`ran against ${kafka.name}, ${aws.dynamo.name}`);
});
after(async () => {
  await browser?.close();
  await Promise.all([...gateways, ...workers].map(({ child }) => end(child)));
  await Promise.all([kafka?.stop(), aws?.stop()]);
});
afterEach(async () => visitor?.leave());

test("a visitor who struggles is helped, at either gateway", async () => {
  await until(async () => (await partitions())[0] === 6, "the worker to have all partitions", 30_000);
  for (const gateway of gateways) {
    visitor = await visit(browser, gateway);
    const begun = Date.now();
    await struggle(visitor.page);
    await offered(visitor.page);
    console.log(`struggle to popup ${Date.now() - begun} ms`);
    await visitor.page.getByRole("button", { name: "Maybe later" }).click();
    await until(async () => (await visitor.list("interventions"))[0]?.state === "snoozed", "the answer to be folded");
    assert.deepEqual(visitor.faults, []);
    await visitor.leave();
  }
  visitor = undefined;
});

test("workers come, go and are killed while visitors send on: every event once and in order, one offer each", { timeout: 120_000 }, async () => {
  const sending = sendAll(gateways, "storm", { count: 30, rounds: 40, pauseMs: 250 });
  await start(workers, "worker");
  await until(async () => (await partitions()).every((count) => count === 3), "both to have three", 20_000);
  await end(workers[0].child, "SIGKILL");
  workers.shift();
  const [left] = workers;
  await until(async () => (await figure(left, "handrail_kafka_partitions")) === 6, "the other to have all six", 20_000);
  await start(workers, "worker");
  await sleep(1_000);
  await end(left.child);
  workers.shift();
  await check(gateways[1], await sending, 60_000);
});

test("a broker that is killed is waited for: 503 meanwhile, nothing lost", { timeout: 120_000 }, async () => {
  const sending = sendAll(gateways, "outage", { count: 10, rounds: 20, pauseMs: 200 });
  await sleep(1_000);
  await kafka.kill(0);
  await sleep(2_000);
  await kafka.restart(0);
  await check(gateways[0], await sending, 60_000);
});
