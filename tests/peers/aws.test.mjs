// SPDX-License-Identifier: Apache-2.0
// The mission on AWS's services, from the browser to the page: gateways, Kinesis, Lambda, DynamoDB.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { promisify } from "node:util";
import { chat, comeToDesk, launchBrowser, offered, openBank, popup, say, sleep, struggle, until, visit } from "../e2e/support.mjs";
import { startChain } from "./chain.mjs";
import { kinesis, peers, root } from "./emulators.mjs";
import { figuresAreThoseUnder } from "./figures.mjs";
import { foldRecordedDay, keepContract } from "./goldens.mjs";
import { anew, makeOutboxAnew, split, splitOutbox } from "./outbox.mjs";
import { keepsForeign } from "./load.mjs";
import { rideOutStorm, storm } from "./storm.mjs";

let browser;
let chain;
let visitor;

before(async () => {
  [browser, chain] = await Promise.all([launchBrowser(), startChain({ gateways: 2, env: { HANDRAIL_POLICY__OFFER_LIVES_S: "5" } })]);
  console.log(`ran against ${chain.names}, every request's signature and shape checked by botocore`);
});
after(async () => {
  await browser?.close();
  await chain?.stop();
});
afterEach(async () => visitor?.leave());

const [first, second] = [() => chain.gateways[0], () => chain.gateways[1]];

async function figure(gateway, name) {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const sum = Number(text.match(new RegExp(`^${name}_sum ([\\d.e+-]+)$`, "m"))?.[1] ?? 0);
  const count = Number(text.match(new RegExp(`^${name}_count (\\d+)$`, "m"))?.[1] ?? 0);
  return count === 0 ? 0 : (1000 * sum) / count;
}

test("the 41-second story: struggle at 0:30, and help as soon as the chain has told of it", { timeout: 90_000 }, async () => {
  visitor = await visit(browser, first(), { young: true });
  const { page } = visitor;
  await sleep(15_000);
  await page.getByLabel("Term").fill("48");
  await sleep(15_000);
  const before = chain.source.invocations.length;
  const struggled = Date.now();
  await struggle(page);
  await offered(page);
  const helped = Date.now();

  const decisive = await until(() => chain.source.invocations[before], "the function to end");
  const hops = {
    "browser, gateway and PutRecords": decisive.arrivedAt - struggled,
    "stream to function": decisive.begun - decisive.arrivedAt,
    "function (state, fold, commit, outbox) to gateway, page and popup": helped - decisive.begun,
  };
  console.log(`struggle to popup ${helped - struggled} ms (the original: 11,000 ms; Kinesis to Lambda alone, published: p50 627 ms, with fan-out 49 ms)`);
  for (const [hop, ms] of Object.entries(hops)) console.log(`  ${hop}: ${ms} ms`);
  console.log(`  the function went on until ${decisive.ended - decisive.begun} ms after it was called: rows of lists`);
  console.log(`  on average, a request until acknowledged: ${(await figure(first(), "handrail_ingest_ack_seconds")).toFixed(0)} ms on average`);

  await page.getByRole("button", { name: "Maybe later" }).click();
  const [offer] = await until(async () => {
    const offers = await visitor.list("interventions");
    return offers[0]?.state === "snoozed" && offers;
  }, "the answer to be folded");
  const decision = await (await fetch(`${second().url}/v1/decisions/${offer.decisionId}`)).json();
  assert.equal(decision.outcome, "offer");
  assert.equal(decision.trigger, "rising_edge");
  assert.ok(decision.risk >= 75 && decision.risk < 85, `risk ${decision.risk}`);
  assert.equal((await visitor.list("journeys")).length, 1);
  assert.deepEqual(visitor.faults, []);
});

test("an offer that nobody fetched expires in silence: the scheduler's sweep tells the function", async () => {
  const userId = "silent";
  const track = (eventType, eventData) =>
    fetch(`${first().url}/api/events/track`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ userId, sessionId: "s", timestamp: Date.now(), eventType, eventData }) });
  const list = async (what) => {
    const response = await fetch(`${second().url}/v1/visitors/${userId}/${what}`);
    return response.status === 200 ? (await response.json()).items : [];
  };
  await track("page_view", { page: "/loan" });
  await track("struggle_signal", { feature: "loan-calculator", attemptCount: 3 });
  await until(async () => (await list("interventions"))[0]?.state === "pending", "an offer");
  // The list is read from the tables, what is pending was heard: one may know before the other.
  const intervention = await until(async () => (await (await fetch(`${second().url}/api/interventions/${userId}/pending`)).json()).intervention, "the other gateway to hear of it");
  assert.equal(intervention.action, "show_live_chat_popup");
  await until(async () => {
    await chain.sweep();
    return (await list("interventions"))[0].state === "expired";
  }, "the offer to expire");
  const { hasPendingIntervention } = await (await fetch(`${first().url}/api/interventions/${userId}/pending`)).json();
  assert.equal(hasPendingIntervention, false);
});

test("a visitor at one gateway and an agent at another talk", async () => {
  visitor = await visit(browser, first());
  const get = async (path) => (await fetch(second().url + path)).json();
  const agent = await comeToDesk(browser, { url: second().url, get });
  await struggle(visitor.page);
  await offered(visitor.page);
  await popup(visitor.page).getByRole("button", { name: "Start Live Chat" }).click();
  await chat(visitor.page).waitFor({ state: "visible" });
  await say(visitor.page, "The term is refused.");
  await agent.page.locator("[data-inbox-item]").click();
  await agent.page.getByLabel("Conversation", { exact: true }).getByText("The term is refused.").waitFor();
  await agent.page.keyboard.press("r");
  await agent.page.keyboard.type("Try 48 months.");
  await agent.page.keyboard.press("Enter");
  await chat(visitor.page).getByText("Try 48 months.").waitFor();
  await agent.leave();
  assert.deepEqual([...visitor.faults, ...agent.faults], []);
});

test("what another puts into the stream is kept as a dead letter, and holds nobody up", async () => {
  const put = (key, data) => kinesis(chain.aws.kinesis.url, "PutRecords", { StreamName: "handrail-events", Records: [{ PartitionKey: key, Data: Buffer.from(data).toString("base64") }] });
  await keepsForeign(first(), put);
  visitor = await visit(browser, first());
  await struggle(visitor.page);
  await offered(visitor.page);
  assert.deepEqual(chain.source.discarded, []);
});

test(split, { timeout: 60_000 }, () => splitOutbox(chain));

test(anew, { timeout: 60_000 }, () => makeOutboxAnew(chain));

test(storm, { timeout: 240_000 }, () => rideOutStorm(chain));

test("the contract of a shared state holds on this DynamoDB", () => keepContract(chain.aws.env));

test("a recorded day gives its golden decisions", { timeout: 200_000 }, () => foldRecordedDay({ ...chain.aws.env, HANDRAIL_TEST_KINESIS: chain.aws.env.HANDRAIL_AWS__KINESIS_ENDPOINT }));

test("the figures of a gateway are those that are documented", () =>
  figuresAreThoseUnder("Of a gateway before Kinesis", [first()], /^handrail_(kinesis|aws|outbox|clock_strays)/));

test("a stream that keeps what a day should be enough for is told of", async () => {
  assert.doesNotMatch(first().said, /keeps records/);
  await kinesis(chain.aws.kinesis.url, "IncreaseStreamRetentionPeriod", { StreamName: "handrail-events", RetentionPeriodHours: 48 });
  const third = await chain.addGateway();
  assert.match(third.said, /the stream handrail-events keeps records of erased visitors for 48 hours; a day would do/);
});

test("boto3 reads what was written", async () => {
  const [endpoint, stream] = [chain.aws.env.HANDRAIL_AWS__DYNAMODB_ENDPOINT, chain.aws.env.HANDRAIL_AWS__KINESIS_ENDPOINT];
  const words = [join(root, "tests/peers/emulators/read_with_boto3.py"), endpoint, stream, "handrail-", "handrail-events"];
  const { stdout } = await promisify(execFile)(join(peers, "python/bin/python"), words, { env: { ...process.env, ...chain.aws.env } });
  const found = JSON.parse(stdout);
  assert.deepEqual(Object.keys(found.tables).sort(), ["chat", "control", "events", "interventions", "journeys", "outcomes", "struggle-signals"]);
  for (const [name, { keys }] of Object.entries(found.tables)) assert.deepEqual(keys, ["pk", "sk"], name);
  for (const name of ["chat", "control", "events", "interventions", "journeys", "struggle-signals"]) assert.ok(found.tables[name].items > 0, name);
  assert.ok(found.tables.events.bytes > 1000 && found.tables.events.expires === "ttl", stdout);
  assert.ok(found.records > 100, stdout);
  assert.ok(found.keys.filter((key) => /^[0-9a-f]{32}$/.test(key)).length >= 24, stdout);
});

test("no signature was refused, and no shape", () => assert.deepEqual(chain.aws.refused(), []));
