// SPDX-License-Identifier: Apache-2.0
// Gateways and workers around a real Kafka, the state in DynamoDB: help on the page, and workers who come, go and die.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, afterEach, before, test } from "node:test";
import { launchBrowser, offered, sleep, struggle, until, visit } from "../e2e/support.mjs";
import { program } from "./chain.mjs";
import { startAws } from "./emulators.mjs";
import { figure, figuresAreThoseUnder } from "./figures.mjs";
import { addPartitions, startKafka } from "./kafka.mjs";
import { check, sendAll } from "./load.mjs";
import { end, freePort, launch } from "./processes.mjs";

let browser;
let aws;
let kafka;
let visitor;
let settings;
const gateways = [];
const workers = [];

const start = async (list, command, { flags = [], env = {} } = {}) => {
  const port = await freePort();
  const running = await launch(program, [command, ...flags, "--listen", `127.0.0.1:${port}`], port, { env: { ...settings, ...env } });
  list.push({ ...running, url: `http://127.0.0.1:${port}` });
  return list.at(-1);
};
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
  const secured = { HANDRAIL_KAFKA__BROKERS: kafka.secured, HANDRAIL_KAFKA__PROPERTIES: kafka.properties() };
  await Promise.all([start(gateways, "gateway", { flags: ["--demo"] }), start(gateways, "gateway", { flags: ["--demo"], env: secured }), start(workers, "worker")]);
  console.log(`ran against ${kafka.name}, ${aws.dynamo.name}`);
});
after(async () => {
  await browser?.close();
  await Promise.all([...gateways, ...workers].map(({ child }) => end(child)));
  await Promise.all([kafka?.stop(), aws?.stop()]);
});
afterEach(async () => visitor?.leave());

test("a visitor who struggles is helped, at either gateway, one of which speaks SASL over TLS", async () => {
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

const refused = async (command, env) => {
  const child = spawn(program, [command, "--listen", "127.0.0.1:0"], { env: { ...settings, ...env } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const code = await new Promise((resolve) => child.on("exit", resolve));
  assert.notEqual(code, 0, said);
  return said;
};

test("what cannot work is refused at the start, with its reason", { timeout: 120_000 }, async () => {
  const told = await Promise.all([
    refused("worker", { HANDRAIL_KAFKA__BROKERS: kafka.secured, HANDRAIL_KAFKA__PROPERTIES: kafka.properties("guessed") }),
    refused("gateway", { HANDRAIL_KAFKA__PROPERTIES: "sasl.mechanizm=PLAIN" }),
    refused("gateway", { HANDRAIL_KAFKA__PROPERTIES: "sasl.password" }),
    refused("worker", { HANDRAIL_STREAM__KIND: "kinesis" }),
  ]);
  assert.match(told[0], /[Aa]uthentication failed/);
  assert.match(told[1], /kafka.properties: .*sasl.mechanizm/);
  assert.match(told[2], /kafka.properties: number 1 is not name=value/);
  assert.match(told[3], /stream.kind must be kafka/);
  for (const text of told) assert.doesNotMatch(text, /guessed/);
});

test("partitions that were added are refused: visitors would change places", { timeout: 60_000 }, async () => {
  addPartitions(kafka.brokers, "handrail-events", 7);
  for (const command of ["gateway", "worker"]) assert.match(await refused(command, {}), /has 7 partitions, and had 6/);
});

test("the figures of gateways and workers are those that are documented", () =>
  figuresAreThoseUnder("Of a gateway and a worker at Kafka", [gateways[0], workers[0]], /^handrail_(kafka|shared)/));
