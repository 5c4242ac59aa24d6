// SPDX-License-Identifier: Apache-2.0
// An upgrade while visitors are there: workers and gateways around a real Kafka are replaced one after another, behind the
// nginx.conf of deploy/compose. No event is lost or overtaken, pages find the next gateway, a struggle gets its one offer.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launchBrowser, offered, struggle, until, visit } from "../e2e/support.mjs";
import { program } from "./chain.mjs";
import { root } from "./emulators.mjs";
import { figure } from "./figures.mjs";
import { startKafkaWorld } from "./kafka_world.mjs";
import { check, sendAll } from "./load.mjs";
import { nginxVersion, startNginx } from "./nginx.mjs";
import { freePort } from "./processes.mjs";

const GAP_BAR_MS = 2_000; // a stream is back within this; printed beside what was measured
const GAP_MAX_MS = 10_000; // of this test, which shares its machine with all the processes it starts

let browser;
let world;
let front;
let gateways;
let workers;

const startGateway = (port) => world.startGateway({ port, flags: ["--demo"] });
/** Of a list of the world's: what stands in for the one at `i` is there already, at the list's end. */
const succeed = (list, i) => list.splice(i, 1, list.pop());

const isReady = async ({ url }) => (await fetch(`${url}/readyz`)).status === 200;
const partitions = (worker) => figure(worker, "handrail_kafka_partitions");

/** Asks a process to end, and waits until it has, in order. */
async function leave({ child, said }) {
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  child.kill("SIGTERM");
  assert.equal(await ended, 0, said);
}

/** The file that the compose file mounts, on free ports. */
function proxyConfiguration(folder, port) {
  const example = gateways
    .reduce((text, gateway, i) => text.replace(`gateway-${i + 1}:8080`, `127.0.0.1:${gateway.port}`), readFileSync(join(root, "deploy/compose/nginx.conf"), "utf8"))
    .replace("listen 8080", `listen 127.0.0.1:${port}`);
  assert.doesNotMatch(example, /gateway-\d/);
  return `log_format upstream '$time_iso8601 $request_method $uri $status $upstream_addr $upstream_status $request_time'; access_log ${folder}/access.log upstream;\n${example}`;
}

before(async () => {
  const env = { HANDRAIL_SERVER__UNREADY_MS: "1000", HANDRAIL_KAFKA__SESSION_MS: "6000" };
  [browser, world] = await Promise.all([launchBrowser(), startKafkaWorld({ env })]);
  ({ gateways, workers } = world);
  await Promise.all([startGateway(), startGateway(), world.startWorker(), world.startWorker()]);
  const port = await freePort();
  front = await startNginx((folder) => proxyConfiguration(folder, port), port);
  await until(async () => (await Promise.all(workers.map(partitions))).every((count) => count === 3), "both workers to have three partitions", 60_000);
  console.log(`ran against ${world.names}, ${nginxVersion()}`);
});
after(async () => {
  await browser?.close();
  await front?.stop();
  await world?.stop();
});

/** When the page's stream began and when it was gone, by the browser's own clock. Begins anew, so that it sees the first one. */
async function watchStream({ context, page }) {
  const stream = { opened: [], lost: [] };
  const streams = new Set();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.responseReceived", ({ requestId, timestamp, response }) => {
    if (new URL(response.url).pathname !== "/v1/stream" || response.status !== 200) return;
    streams.add(requestId);
    stream.opened.push(1000 * timestamp);
  });
  for (const event of ["Network.loadingFinished", "Network.loadingFailed"]) session.on(event, ({ requestId, timestamp }) => streams.delete(requestId) && stream.lost.push(1000 * timestamp));
  await page.reload();
  await until(() => stream.opened.length === 1, "the stream to be seen");
  stream.isOpen = () => stream.opened.length > stream.lost.length;
  stream.gaps = () => stream.lost.map((lost, i) => Math.round(stream.opened[i + 1] - lost));
  return stream;
}

/** What nginx had to answer itself, since no gateway did. */
const unanswered = () => readFileSync(join(front.folder, "access.log"), "utf8").match(/^\S+ [A-Z]+ \S+ 50[24] .*$/gm) ?? [];
/** What nginx saw of streams: when they ended, at which gateway, how long they were open. */
const streamsSeen = () => readFileSync(join(front.folder, "access.log"), "utf8").match(/^.* \/v1\/stream .*$/gm) ?? [];

const offersOf = async (visitor) => (await visitor.list("decisions")).filter(({ outcome }) => outcome === "offer");

test("workers are replaced one after another: every event once and in order, one offer each", { timeout: 180_000 }, async () => {
  const sending = sendAll([front], "workers", { count: 20, rounds: 50, pauseMs: 200 });
  for (let i = 0; i < 2; ++i) {
    const next = await world.startWorker();
    assert.ok(await isReady(next));
    await until(async () => (await partitions(next)) === 2, "the next worker to have its share", 60_000);
    await leave(workers[i]);
    succeed(workers, i);
    await until(async () => (await Promise.all(workers.map(partitions))).every((count) => count === 3), "the two to share all", 60_000);
  }
  await check(front, await sending, { patienceMs: 60_000, mayRepeat: true });
  const lost = await Promise.all(workers.map((worker) => figure(worker, "handrail_kafka_lost_partitions_total")));
  console.log(`partitions taken away without being handed over: ${lost.join(", ")}`);
});

test("who runs the first gateway makes the first token, and a gateway that asks for tokens takes it", async () => {
  const made = spawnSync(program, ["tokens", "first", "--tables", "--label", "ops"], { env: world.settings, encoding: "utf8" });
  assert.equal(made.status, 0, made.stderr);
  const guarded = await world.startGateway({ flags: ["--server.hosts", "help.example.com"] });
  const ask = (token) => fetch(`${guarded.url}/v1/sites`, { headers: { authorization: `Bearer ${token}` } });
  await until(async () => (await ask(made.stdout.trim())).status === 200, "the owner's token to be known");
  assert.equal((await ask(`${made.stdout.trim()}x`)).status, 401);
  await leave(guarded);
  gateways.pop();
});

/** As Kubernetes does: another one first, and the proxy told of it. */
async function replaceAfter(i) {
  const old = gateways[i];
  const next = await startGateway();
  await until(() => isReady(next), "the next gateway to be ready");
  succeed(gateways, i);
  front.reload();
  await leave(old);
}

/** As a compose file does: it ends, and the next one begins in its place. The proxy finds out by itself. */
async function replaceInPlace(i) {
  const old = gateways[i];
  const left = leave(old);
  await until(async () => !(await isReady(old)), "the one that leaves to say so");
  assert.equal((await fetch(`${old.url}/livez`)).status, 200, "it still serves");
  await left;
  await world.restart(gateways, i);
  await until(() => isReady(gateways[i]), "the next gateway to be ready");
}

test("gateways are replaced: nothing is lost, streams come back, a struggle gets its one offer", { timeout: 240_000 }, async () => {
  const visitors = [];
  for (let i = 0; i < 4; ++i) {
    const visitor = await visit(browser, front);
    visitors.push(Object.assign(visitor, { stream: await watchStream(visitor) }));
  }
  const [before_, between, ...others] = visitors;
  await struggle(before_.page, 2);
  await until(async () => (await before_.attributes()).struggle > 0, "the struggle to be known");
  assert.deepEqual(await offersOf(before_), [], "not yet enough for an offer");

  const again = [];
  const sending = sendAll([front], "gateways", { count: 20, rounds: 60, pauseMs: 200, onRefused: (status) => again.push(status) });
  // It struggles at the moment its stream is gone.
  const struggled = until(() => between.stream.lost.length > 0, "the first stream to go", 120_000).then(() => struggle(between.page));
  await replaceAfter(0);
  await replaceInPlace(1);
  await struggled;
  await struggle(before_.page, 3);
  for (const visitor of [before_, between]) {
    await offered(visitor.page);
    assert.equal((await offersOf(visitor)).length, 1);
    assert.equal((await visitor.list("interventions")).length, 1);
  }
  await check(front, await sending, { patienceMs: 60_000, mayRepeat: true });
  for (const visitor of others) assert.deepEqual(await offersOf(visitor), []);

  await until(() => visitors.every(({ stream }) => stream.isOpen()), "each page to have a stream again", 60_000);
  const gaps = visitors.flatMap(({ stream }) => stream.gaps());
  console.log(`streams without a gateway for ${gaps.join(", ")} ms (bar: ${GAP_BAR_MS} ms); batches sent again: ${again.length} (${[...new Set(again)].join(", ") || "none"}); unanswered: ${unanswered().join("; ") || "none"}`);
  for (const { stream } of visitors) assert.ok(stream.lost.length > 0, "each page lost a stream");
  if (!gaps.every((gap) => gap <= GAP_BAR_MS)) console.log(streamsSeen().join("\n"));
  assert.ok(gaps.every((gap) => gap < GAP_MAX_MS), gaps.join(", "));
  for (const visitor of visitors) await visitor.leave();
});
