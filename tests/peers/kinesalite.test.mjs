// SPDX-License-Identifier: Apache-2.0
// The chain on another Kinesis: who wrote it read AWS's documents for himself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchBrowser, offered, sleep, struggle, until, visit } from "../e2e/support.mjs";
import { startChain } from "./chain.mjs";
import { createStream } from "./emulators.mjs";
import { foldRecordedDay } from "./goldens.mjs";
import { check, sendAll } from "./load.mjs";
import { anew, makeOutboxAnew, split, splitOutbox } from "./outbox.mjs";
import { rideOutStorm, storm } from "./storm.mjs";

let browser;
let chain;

before(async () => {
  [browser, chain] = await Promise.all([launchBrowser(), startChain({ gateways: 2, kinesis: "kinesalite" })]);
  console.log(`ran against ${chain.names}, every request's signature checked by botocore`);
});
after(async () => {
  await browser?.close();
  await chain?.stop();
});

const url = () => chain.aws.kinesis.url;

const repeatedCalls = async (gateway) => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(text.match(/^handrail_aws_calls_total\{service="kinesis",what="repeated"\} (\d+)$/m)[1]);
};

test("a visitor who struggles is helped", async () => {
  const visitor = await visit(browser, chain.gateways[0]);
  const struggled = Date.now();
  await struggle(visitor.page);
  await offered(visitor.page);
  console.log(`struggle to popup ${Date.now() - struggled} ms`);
  assert.deepEqual(visitor.faults, []);
  await visitor.leave();
});

test(split, { timeout: 60_000 }, () => splitOutbox(chain));

test(anew, { timeout: 60_000 }, () => makeOutboxAnew(chain));

test(storm, { timeout: 120_000 }, () => rideOutStorm(chain));

test("the stream is killed under load and stands up again: every event once and in order, one offer each", { timeout: 120_000 }, async () => {
  const calls = await Promise.all(chain.gateways.map(repeatedCalls));
  const refused = [];
  const sending = sendAll(chain.gateways, "killed", { count: 12, rounds: 16, pauseMs: 100, onRefused: (status) => refused.push(status) });
  for (let i = 0; i < 2; ++i) {
    await sleep(700);
    await chain.aws.kinesis.kill();
    await sleep(500);
    await chain.aws.kinesis.restart();
  }
  await check(chain.gateways[0], await sending, { patienceMs: 60_000, mayRepeat: true });
  assert.deepEqual(chain.source.discarded, []);
  const again = await Promise.all(chain.gateways.map(repeatedCalls));
  assert.ok(again.every((count, i) => count > calls[i]), "each gateway noticed");
  console.log(`while the stream was gone: calls repeated by a gateway, ${again.map((count, i) => count - calls[i]).join(" and ")}; batches sent again by pages, ${refused.length}`);
});

test("a gateway whose stream is not there says so, and takes events when it is", async () => {
  const stream = "handrail-missing";
  const gateway = await chain.addGateway({ HANDRAIL_KINESIS__EVENTS_STREAM: stream, HANDRAIL_KINESIS__GIVE_UP_AFTER_MS: "500" });
  const event = { userId: "early", sessionId: "s", timestamp: Date.now(), eventType: "page_view", eventData: { page: "/loan" } };
  const track = () => fetch(`${gateway.url}/api/events/track`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(event) });
  const refused = await track();
  assert.equal(refused.status, 503);
  assert.ok(refused.headers.get("retry-after"));
  assert.equal((await fetch(`${gateway.url}/readyz`)).status, 503);
  assert.match(gateway.said, /the stream takes nothing: .*ResourceNotFoundException/);
  await createStream(url(), stream, 1);
  await until(async () => (await track()).status === 200, "the event to be taken");
  assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
});

test("a recorded day gives its golden decisions", { timeout: 200_000 }, () => foldRecordedDay({ ...chain.aws.env, HANDRAIL_TEST_KINESIS: chain.aws.env.HANDRAIL_AWS__KINESIS_ENDPOINT }));

test("no signature was refused", () => assert.deepEqual(chain.aws.refused(), []));
