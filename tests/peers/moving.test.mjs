// SPDX-License-Identifier: Apache-2.0
// A visitor whose journey straddles two moves: from one machine into tables behind Kafka, and back. What was decided
// stays decided, and what comes is decided as if nothing had happened.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sleep, until } from "../e2e/support.mjs";
import { program } from "./chain.mjs";
import { ask, startAws } from "./emulators.mjs";
import { startKafka } from "./kafka.mjs";
import { sendAll } from "./load.mjs";
import { end, freePort, launch } from "./processes.mjs";

const ORIGIN = "https://shop.example";
const LISTS = ["events", "journeys", "signals", "decisions", "interventions"];
let aws;
let kafka;
let folder;
let settings;
const running = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "handrail-moving-"));
  [aws, kafka] = await Promise.all([startAws(), startKafka(1)]);
  settings = { ...process.env, ...aws.env, HANDRAIL_STREAM__KIND: "kafka", HANDRAIL_KAFKA__BROKERS: kafka.brokers, HANDRAIL_KAFKA__REPLICATION: "1", HANDRAIL_KAFKA__PROPERTIES: "broker.address.family=v4" };
  console.log(`ran against ${kafka.name}, ${aws.dynamo.name}`);
});
after(async () => {
  await Promise.all(running.map(({ child }) => end(child)));
  await Promise.all([kafka?.stop(), aws?.stop()]);
  assert.deepEqual(aws.refused(), []);
  rmSync(folder, { recursive: true, force: true });
});

const handrail = (...words) => spawnSync(program, words, { env: settings, encoding: "utf8" });
const done = (...words) => {
  const { status, stdout, stderr } = handrail(...words);
  assert.equal(status, 0, `${words.join(" ")}: ${stderr}`);
  return stdout;
};
const sections = (...words) => JSON.parse(done(...words, "--json")).sections;
const start = async (command, ...flags) => {
  const port = await freePort();
  const process_ = await launch(program, [command, ...flags, "--listen", `127.0.0.1:${port}`], port, { env: settings });
  running.push(process_);
  return { ...process_, url: `http://127.0.0.1:${port}` };
};
const serve = (data) => start("serve", "--data", join(folder, data));
const stop = ({ child }) => end(child);

/** One page's way of asking, with the site's key, and its owner's. */
const page = (key, token) => ({
  async send({ url }, visitor, ...events) {
    const body = JSON.stringify({ v: 1, anonymousId: visitor.id, sessionId: `s-${visitor.id}`, tabId: visitor.tab, sentAt: Date.now(), events: events.map(([eventType, eventData]) => ({ seq: ++visitor.seq, eventType, timestamp: Date.now(), mono: 1000 * visitor.seq, eventData })) });
    const response = await fetch(`${url}/h/e`, { method: "POST", body, headers: { origin: ORIGIN, authorization: `Bearer ${key}` } });
    assert.equal(response.status, 200, await response.clone().text());
    assert.equal((await response.json()).rejected, 0);
  },
  async get({ url }, path) {
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    return response.status === 200 ? response.json() : undefined;
  },
  async answer({ url }, visitor, offer, kind) {
    const headers = { origin: ORIGIN, authorization: `Bearer ${key}`, "content-type": "application/json" };
    const session = await fetch(`${url}/v1/sessions`, { method: "POST", headers, body: JSON.stringify({ key, anonymousId: visitor.id }) });
    assert.equal(session.status, 200, await session.clone().text());
    headers.authorization = `Bearer ${(await session.json()).token}`;
    const response = await fetch(`${url}/v1/interventions/${offer}/${kind}`, { method: "POST", headers, body: JSON.stringify({ anonymousId: visitor.id }) });
    assert.equal(response.status, 200, await response.clone().text());
  },
  async list(server, visitor, list) {
    return (await this.get(server, `/v1/visitors/${visitor.id}/${list}?site=shop&limit=500`))?.items;
  },
  async folded(server, visitor, count) {
    return until(async () => {
      const [journey] = (await this.list(server, visitor, "journeys")) ?? [];
      return journey?.events === count && journey;
    }, `${visitor.id} to have ${count} events folded`, 60_000);
  },
});
const struggles = ["struggle_signal", { feature: "loan-calculator", attemptCount: 3 }];
const fails = ["validation", { key: "input:term", form: "form:loan", rule: "rangeUnderflow", source: "native", when: "submit", empty: false }];
const looks = ["page", { path: "/loan" }];

// An offset is a place in a log, or a count: each house has its own.
const bare = (told) => JSON.parse(JSON.stringify(told, (name, value) => (name === "offset" ? undefined : value)));

test("there and back: the journey goes on, the answer counts, keys open, and the hashes are the same", { timeout: 400_000 }, async () => {
  // One machine: a site with its keys and rules, a visitor who said "Maybe later", one who has not struggled yet, one erased.
  const first = await serve("first");
  const owner = async (method, path, body) => {
    const response = await fetch(first.url + path, { method, body: body && JSON.stringify(body), headers: { "content-type": "application/json" } });
    assert.equal(response.status, 200, `${method} ${path}: ${await response.clone().text()}`);
    return response.json();
  };
  await owner("POST", "/v1/sites", { id: "shop", origins: [ORIGIN] });
  const { text: key } = await owner("POST", "/v1/credentials?site=shop", { role: "page", label: "tag" });
  const { text: token } = await owner("POST", "/v1/credentials?site=shop", { role: "admin", label: "test" });
  const shop = page(key, token);
  await owner("PUT", "/v1/sites/shop/rules/draft", { policy: { cooldown_s: 600 } });
  await owner("POST", "/v1/sites/shop/rules/publish", { note: "slower" });
  const [snoozer, calm, gone] = ["snoozer", "calm", "gone"].map((id) => ({ id, tab: `tab-${id}`.padEnd(16, "0"), seq: 0 }));
  await sleep(2_500); // what holds for all takes effect 2 s after it was said
  await shop.send(first, snoozer, looks, looks, struggles);
  await shop.send(first, calm, looks, fails, fails);
  await shop.folded(first, calm, 3);
  assert.deepEqual(await shop.list(first, calm, "signals"), []);
  await shop.send(first, gone, struggles);
  await shop.folded(first, snoozer, 3);
  const [{ id: offer }] = await until(async () => (await shop.list(first, snoozer, "interventions"))?.length && shop.list(first, snoozer, "interventions"), "the offer");
  await shop.answer(first, snoozer, offer, "displayed");
  await shop.answer(first, snoozer, offer, "snoozed");
  assert.equal((await shop.list(first, snoozer, "interventions"))[0].state, "snoozed");
  await fetch(`${first.url}/v1/visitors/gone?site=shop`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
  const told = {};
  for (const visitor of [snoozer, calm]) for (const list of LISTS) told[`${visitor.id} ${list}`] = bare(await shop.list(first, visitor, list));
  const rules = bare(await shop.get(first, "/v1/sites/shop/rules"));
  const refused = handrail("export", join(folder, "early"), "--data", join(folder, "first"));
  assert.equal(refused.status, 6, refused.stderr); // the server has the folder
  await stop(first);

  // Into tables.
  const out = sections("export", join(folder, "out"), "--data", join(folder, "first"));
  done("tables", "create");
  assert.deepEqual(sections("import", join(folder, "out"), "--to", "tables"), out);
  assert.deepEqual(sections("import", join(folder, "out"), "--to", "tables"), out); // again: it is there
  assert.deepEqual(sections("export", join(folder, "same"), "--from", "tables"), out);
  assert.deepEqual(sections("import", join(folder, "same"), "--data", join(folder, "same-data")), out);
  assert.deepEqual(sections("export", join(folder, "again"), "--data", join(folder, "same-data")), out);
  let gateway = await start("gateway");
  let worker = await start("worker");
  for (const visitor of [snoozer, calm]) for (const list of LISTS) assert.deepEqual(bare(await shop.list(gateway, visitor, list)), told[`${visitor.id} ${list}`], `${visitor.id} ${list}`);
  assert.deepEqual(bare(await shop.get(gateway, "/v1/sites/shop/rules")), rules);
  assert.equal(await shop.list(gateway, gone, "events"), undefined);
  const [journey] = await shop.list(gateway, calm, "journeys");

  // The journeys go on: a repeat of what was sent before counts once, who said "Maybe later" is left alone, who struggles now is helped.
  const before_ = calm.seq;
  calm.seq = 0;
  await shop.send(gateway, calm, looks);
  calm.seq = before_;
  await shop.send(gateway, calm, fails);
  await shop.folded(gateway, calm, 4);
  const [signal] = (await shop.list(gateway, calm, "signals")).filter((one) => one.signal); // two failures lie before the move, the third after it
  assert.equal(signal.signal, "validation_repeat");
  await shop.send(gateway, calm, struggles);
  await shop.send(gateway, snoozer, struggles);
  const now = await shop.folded(gateway, calm, 5);
  assert.equal(now.id, journey.id);
  await shop.folded(gateway, snoozer, 4);
  assert.equal((await shop.list(gateway, snoozer, "interventions")).length, 1);
  const [decided] = await shop.list(gateway, calm, "decisions");
  assert.equal(decided.outcome, "offer");
  assert.equal((await shop.list(gateway, calm, "interventions")).length, 1);

  // And back, with what came meanwhile.
  const busy = handrail("import", join(folder, "out"), "--to", "data", "--data", join(folder, "first"));
  assert.equal(busy.status, 6, busy.stderr); // there is data
  await Promise.all([stop(gateway), stop(worker)]);
  const back = sections("export", join(folder, "back"), "--from", "tables");
  assert.deepEqual(sections("import", join(folder, "back"), "--data", join(folder, "second")), back);
  assert.deepEqual(sections("export", join(folder, "third"), "--data", join(folder, "second")), back);
  const second = await serve("second");
  await shop.send(second, calm, looks);
  const last = await shop.folded(second, calm, 6);
  assert.equal(last.id, journey.id);
  assert.equal((await shop.list(second, calm, "interventions")).length, 1);
  await shop.send(second, snoozer, struggles);
  await shop.folded(second, snoozer, 5);
  assert.equal((await shop.list(second, snoozer, "interventions")).length, 1);
  assert.equal(await shop.list(second, gone, "events"), undefined);
  assert.deepEqual(bare(await shop.get(second, "/v1/sites/shop/rules")), rules);
  await stop(second);
});

test("an import into tables that is killed goes on; what is there of others is left alone", { timeout: 200_000 }, async () => {
  const server = await serve("many");
  await sendAll([server], "many", { count: 150, rounds: 3, pauseMs: 0 });
  await stop(server);
  const prefixed = { ...settings, HANDRAIL_DYNAMODB__PREFIX: "other-" };
  const run = (...words) => spawnSync(program, words, { env: prefixed, encoding: "utf8" });
  const many = sections("export", join(folder, "many-out"), "--data", join(folder, "many"), "--part-bytes", "20000");
  assert.equal(run("tables", "create").status, 0);
  let killed = 0;
  for (let patience = 100; ; patience *= 1.3) {
    const child = spawn(program, ["import", join(folder, "many-out"), "--to", "tables"], { env: prefixed, stdio: "ignore" });
    const kill = setTimeout(() => child.kill("SIGKILL"), patience);
    const code = await new Promise((resolve) => child.on("exit", resolve));
    clearTimeout(kill);
    if (code === 0) break;
    assert.equal(code, null);
    ++killed;
  }
  console.log(`killed ${killed} times`);
  assert.ok(killed > 0);
  assert.deepEqual(JSON.parse(run("import", join(folder, "many-out"), "--to", "tables", "--verify", "--json").stdout).sections, many);
  const other = run("import", join(folder, "out"), "--to", "tables");
  assert.equal(other.status, 6, other.stderr);
  assert.match(other.stderr, /hold another export/);
});

test("nobody serves half a house", { timeout: 60_000 }, async () => {
  const half = { ...settings, HANDRAIL_DYNAMODB__PREFIX: "half-" };
  const run = (...words) => spawnSync(program, words, { env: half, encoding: "utf8", timeout: 20_000 });
  assert.equal(run("tables", "create").status, 0);
  const Item = { pk: { S: "moving" }, sk: { S: "in" }, export_id: { S: "0123" }, state: { S: "moving" } };
  await ask(aws.dynamo.url, "DynamoDB_20120810.PutItem", { TableName: "half-control", Item });
  for (const command of [["worker"], ["gateway"], ["export", join(folder, "half"), "--from", "tables"]]) {
    const { status, stderr } = run(...command);
    assert.equal(status, 6, `${command[0]}: ${stderr}`);
    assert.match(stderr, /export 0123 .*repeat handrail import/);
  }
});

test("what came after an export is seen by --verify, and what comes during one ends it", { timeout: 100_000 }, async () => {
  const gateway = await start("gateway");
  const worker = await start("worker");
  let seq = 0;
  const send = async () => {
    const events = [{ seq: ++seq, eventType: "page", timestamp: Date.now(), eventData: { path: "/" } }];
    const response = await fetch(`${gateway.url}/h/e`, { method: "POST", body: JSON.stringify({ v: 1, anonymousId: "restless", tabId: "tab-restless-000", sentAt: Date.now(), events }) });
    assert.equal(response.status, 200);
    await until(async () => (await (await fetch(`${gateway.url}/v1/visitors/restless/journeys`)).json()).items?.[0]?.events === seq, "it to be folded", 60_000);
  };
  await send();
  done("export", join(folder, "restless"), "--from", "tables");
  await send();
  const { status, stderr } = handrail("import", join(folder, "restless"), "--to", "tables", "--verify");
  assert.equal(status, 8, stderr);
  assert.match(stderr, /visitors: as many as there should be, but not the same/);

  // An export that is taken up after a visitor went on names who it was, and comes to no end.
  let crate;
  for (let i = 0; !crate || existsSync(join(crate, "MANIFEST")); ++i) {
    crate = join(folder, `cut-${i}`);
    const child = spawn(program, ["export", crate, "--from", "tables"], { env: settings, stdio: "ignore" });
    const ended = new Promise((resolve) => child.on("exit", resolve));
    await until(() => existsSync(join(crate, "PLAN")) || existsSync(join(crate, "MANIFEST")), "the plan");
    child.kill("SIGKILL");
    await ended;
  }
  await send();
  const late = handrail("export", crate, "--from", "tables");
  assert.equal(late.status, 6, late.stderr);
  assert.match(late.stderr, /[0-9a-f]{32}.* went on |visitors changed or came \([0-9a-f]{32}\)/);
  assert.ok(!existsSync(join(crate, "MANIFEST")));
  await Promise.all([stop(gateway), stop(worker)]);
});
