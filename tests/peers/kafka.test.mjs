// SPDX-License-Identifier: Apache-2.0
// Gateways and workers around a real Kafka, the state in DynamoDB: help on the page, and workers who come, go and die.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { launchBrowser, offered, sleep, struggle, until, visit } from "../e2e/support.mjs";
import { program } from "./chain.mjs";
import { figure, figuresAreThoseUnder } from "./figures.mjs";
import { addPartitions, putMessage } from "./kafka.mjs";
import { startKafkaWorld } from "./kafka_world.mjs";
import { foldRecordedDay } from "./goldens.mjs";
import { check, keepsForeign, sendAll } from "./load.mjs";
import { end } from "./processes.mjs";

let browser;
let world;
let visitor;
let gateways;
let workers;

const partitions = async () => Promise.all(workers.map((worker) => figure(worker, "handrail_kafka_partitions")));

before(async () => {
  [browser, world] = await Promise.all([launchBrowser(), startKafkaWorld()]);
  ({ gateways, workers } = world);
  const secured = { HANDRAIL_KAFKA__BROKERS: world.kafka.secured, HANDRAIL_KAFKA__PROPERTIES: world.kafka.properties() };
  await Promise.all([world.startGateway({ flags: ["--demo"] }), world.startGateway({ flags: ["--demo"], env: secured }), world.startWorker()]);
  console.log(`ran against ${world.names}`);
});
after(async () => {
  await browser?.close();
  await world?.stop();
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
  await world.startWorker();
  await until(async () => (await partitions()).every((count) => count === 3), "both to have three", 20_000);
  await end(workers[0].child, "SIGKILL");
  workers.shift();
  const [left] = workers;
  await until(async () => (await figure(left, "handrail_kafka_partitions")) === 6, "the other to have all six", 20_000);
  await world.startWorker();
  await sleep(1_000);
  await end(left.child);
  workers.shift();
  await check(gateways[1], await sending, { patienceMs: 60_000 });
});

test("a broker that is killed is waited for: 503 meanwhile, nothing lost", { timeout: 120_000 }, async () => {
  const sending = sendAll(gateways, "outage", { count: 10, rounds: 20, pauseMs: 200 });
  await sleep(1_000);
  await world.kafka.kill(0);
  await sleep(2_000);
  await world.kafka.restart(0);
  await check(gateways[0], await sending, { patienceMs: 60_000 });
});

test("what another puts into the topic is kept as a dead letter, and holds nobody up", { timeout: 120_000 }, async () => {
  const sending = sendAll(gateways, "beside", { count: 18, rounds: 20, pauseMs: 100 });
  await keepsForeign(gateways[0], (key, data) => putMessage(world.kafka.brokers, "handrail-events", key, data));
  await check(gateways[1], await sending);
});

test("more than may wait for the brokers is refused at once with the time to return, and comes exactly once in the end", { timeout: 120_000 }, async () => {
  const waitingMax = 65_536;
  const own = await world.startGateway({ env: { HANDRAIL_SERVER__REQUESTS_PER_SECOND: "100000", HANDRAIL_KAFKA__WAITING_BYTES_MAX: String(waitingMax), HANDRAIL_KAFKA__GIVE_UP_AFTER_MS: "30000" } });
  gateways.pop();
  const broker = world.kafka.node(0).child;
  broker.kill("SIGSTOP");
  let refused = 0;
  const sending = sendAll([own], "crowd", { count: 240, rounds: 1, onRefused: (status) => (refused += status === 503) });
  await until(() => refused >= 100, "a hundred refusals");
  assert.ok((await figure(own, "handrail_kafka_waiting_bytes")) <= waitingMax);
  const body = JSON.stringify({ userId: "late", sessionId: "s", timestamp: Date.now(), eventType: "page", eventData: { path: "/loan" } });
  const answer = await fetch(`${own.url}/api/events/track`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(answer.status, 503);
  assert.ok(Number(answer.headers.get("retry-after")) >= 1);
  broker.kill("SIGCONT");
  await check(gateways[0], (await sending).filter((_, i) => i % 6 === 0), { patienceMs: 60_000 }); // reading them all takes minutes
  await own.stop();
});

test("a recorded day gives its golden decisions", { timeout: 200_000 }, () => foldRecordedDay({ ...world.aws.env, HANDRAIL_TEST_KAFKA: world.kafka.brokers }));

const refused = async (command, env) => {
  const child = spawn(program, [command, "--listen", "127.0.0.1:0"], { env: { ...world.settings, ...env } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const code = await new Promise((resolve) => child.on("exit", resolve));
  assert.notEqual(code, 0, said);
  return said;
};

test("what cannot work is refused at the start, with its reason", { timeout: 120_000 }, async () => {
  const told = await Promise.all([
    refused("worker", { HANDRAIL_KAFKA__BROKERS: world.kafka.secured, HANDRAIL_KAFKA__PROPERTIES: world.kafka.properties("guessed") }),
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

test("a topic that keeps what a day should be enough for is told of", { timeout: 60_000 }, async () => {
  assert.doesNotMatch(gateways[0].said, /keeps records/);
  const own = await world.startGateway({ env: { HANDRAIL_KAFKA__EVENTS_TOPIC: "kept-longer", HANDRAIL_KAFKA__RETENTION_HOURS: "48" } });
  gateways.pop();
  await own.stop();
  assert.match(own.said, /the topic kept-longer keeps records of erased visitors for 47 hours; a day would do/);
});

test("a gateway whose clock strays from the tables' is not ready until it is set right", { timeout: 60_000 }, async () => {
  let aheadMs = 5_000;
  const tables = createServer((request, response) => {
    const { headers, method } = request;
    const onward = forward(world.aws.dynamo.url, { headers, method }, (reply) => {
      response.writeHead(reply.statusCode, { ...reply.headers, date: new Date(Date.now() + aheadMs).toUTCString() });
      reply.pipe(response);
    });
    request.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(tables, "listening");
  const own = await world.startGateway({ env: { HANDRAIL_AWS__DYNAMODB_ENDPOINT: `http://127.0.0.1:${tables.address().port}` } });
  gateways.pop();
  const readiness = async () => (await fetch(`${own.url}/readyz`)).text();
  assert.match(await until(async () => (await readiness()).match(/clock is at least .*/)?.[0], "the gateway to see it"), /[45]\d{3} ms behind the tables'/);
  assert.ok((await figure(own, "handrail_clock_strays_seconds")) >= 4);
  aheadMs = 0;
  await until(async () => (await readiness()) === "ready\n", "the gateway to be ready");
  await own.stop();
  tables.closeAllConnections();
  tables.close();
});

test("partitions that were added are refused: visitors would change places", { timeout: 60_000 }, async () => {
  await addPartitions(world.kafka.brokers, "handrail-events", 7);
  for (const command of ["gateway", "worker"]) assert.match(await refused(command, {}), /has 7 partitions, and had 6/);
});

test("the figures of gateways and workers are those that are documented", () =>
  figuresAreThoseUnder("Of a gateway and a worker at Kafka", [gateways[0], workers[0]], /^handrail_(kafka|shared)/));
