// SPDX-License-Identifier: Apache-2.0
// A population of visitors before two gateways, three Kafka nodes, three workers and a store, of which one after another
// is killed or stands still. CHAOS_SECONDS says how long; CHAOS_SEED draws who, and when.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { sleep, until } from "../e2e/support.mjs";
import { program } from "./chain.mjs";
import { figure } from "./figures.mjs";
import { compareWithEmbedded } from "./goldens.mjs";
import { startKafkaWorld } from "./kafka_world.mjs";
import { nginxVersion, startNginx } from "./nginx.mjs";
import { end, freePort } from "./processes.mjs";

const SECONDS = Number(process.env.CHAOS_SECONDS ?? 120);
const SEED = Number(process.env.CHAOS_SEED ?? 1);
const PAUSE_MS = [2_000, 8_000]; // between two misfortunes
const SETTLE_S = 15;
const AFTERWARDS_MS = 240_000; // to read back, come to rest, and compare

let world;
let front;
const began = Date.now();
/** Gateways say what their producers conclude from lost answers. */
const TELLING = { HANDRAIL_KAFKA__PROPERTIES: "broker.address.family=v4, debug=eos, log_level=7" };
const sinceBegin = () => `${((Date.now() - began) / 1000).toFixed(1)} s`;
const dead = []; // what the killed ones said
const endedByThemselves = [];
let brokersAreWhole = Promise.resolve();

/** Both gateways behind one address, as clients see them. */
const proxyConfiguration = (port) => `
  access_log off;
  upstream gateways { ${world.gateways.map((gateway) => `server 127.0.0.1:${gateway.port} max_fails=1 fail_timeout=1s;`).join(" ")} }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://gateways; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
      proxy_set_header Host $host; proxy_connect_timeout 1s;
    }
  }`;

before(async () => {
  // Past the proxy that checks signatures: this is about load.
  world = await startKafkaWorld({ nodes: 3, isSigned: false, env: { HANDRAIL_SERVER__REQUESTS_PER_SECOND: "100000" } });
  for (let i = 0; i < 3; ++i) await Promise.all([i < 2 && world.startGateway({ env: TELLING }), world.startWorker()]);
  for (const list of [world.gateways, world.workers]) list.forEach((_, i) => supervise(list, i));
  const port = await freePort();
  front = await startNginx(() => proxyConfiguration(port), port);
  console.log(`ran against ${world.names}, ${nginxVersion()}`);
});
after(async () => {
  await front?.stop();
  await world?.stop();
});

const frozen = async (child, spanMs) => {
  child.kill("SIGSTOP");
  await sleep(spanMs);
  child.kill("SIGCONT");
};
/** As a supervisor does: who ends without being asked starts anew. A producer may have to. */
function supervise(list, i) {
  const one = list[i];
  one.child.once("exit", (code) => {
    if (one.isAsked) return;
    dead.push(one);
    endedByThemselves.push({ one, code, words: `${one.child.spawnargs[1]} ${i} ended by itself after ${sinceBegin()}` });
    one.returned = sleep(500).then(() => startAgain(list, i));
  });
}
const startAgain = async (list, i) => {
  await world.restart(list, i);
  supervise(list, i);
};
const restarted = async (list, i) => {
  await list[i].returned;
  list[i].isAsked = true;
  dead.push(list[i]);
  await end(list[i].child, "SIGKILL");
  await sleep(500);
  await startAgain(list, i);
};
/** It needs a while to come back, in which others have their misfortunes; only the next broker waits for it: two have to be there for anything to be taken. */
const brokerKilled = async (i) => {
  await brokersAreWhole;
  dead.push(world.kafka.node(i));
  await world.kafka.kill(i);
  brokersAreWhole = sleep(3_000).then(() => world.kafka.restart(i));
};

/** The same seed draws the same numbers. */
function* drawn(seed) {
  for (let state = seed >>> 0; ; ) {
    state = (state + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    yield Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35) >>> 8;
  }
}

const misfortunes = [
  ...[0, 1, 2].map((i) => ({ kind: "broker", words: `broker ${i} is killed`, happen: () => brokerKilled(i) })),
  ...[0, 1].map((i) => ({ kind: "gateway", words: `gateway ${i} is killed`, happen: () => restarted(world.gateways, i) })),
  ...[0, 1, 2].map((i) => ({ kind: "worker", words: `worker ${i} is killed`, happen: () => restarted(world.workers, i) })),
  ...[0, 1, 2].map((i) => ({ kind: "pause", words: `worker ${i} stands still for longer than its session`, happen: () => frozen(world.workers[i].child, 4_000) })),
  { kind: "pause", words: "the store stands still", happen: () => frozen(world.aws.dynamo.child, 4_000) },
];

/** Anybody at any time; only that a broker, a gateway and a worker are each killed among the first three. */
function* order(numbers) {
  const pick = (from) => from[numbers.next().value % from.length];
  for (const kinds = ["broker", "gateway", "worker"]; kinds.length > 0; ) {
    const kind = pick(kinds);
    kinds.splice(kinds.indexOf(kind), 1);
    yield pick(misfortunes.filter((one) => one.kind === kind));
  }
  for (;;) yield pick(misfortunes);
}

async function misfortunesUntil(time) {
  const numbers = drawn(SEED);
  const happened = [];
  for (const misfortune of order(numbers)) {
    await sleep(PAUSE_MS[0] + (numbers.next().value % (PAUSE_MS[1] - PAUSE_MS[0])));
    if (Date.now() > time) return happened;
    await misfortune.happen();
    happened.push(`${misfortune.words}, done after ${sinceBegin()}`);
  }
}

function simulate() {
  const flags = ["--rate", "60", "--duration", String(SECONDS), "--seed", String(SEED), "--streams", "100", "--settle", String(SETTLE_S), "--json"];
  const child = spawn(program, ["simulate", "--server", new URL(front.url).host, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => (said.out += text));
  child.stderr.on("data", (text) => (said.err += text));
  return new Promise((resolve) => child.on("exit", (code) => resolve({ code, ...said })));
}

/** Every partition has a worker, and for a while nothing waited. */
async function untilFolded() {
  const sum = async (name) => (await Promise.all(world.workers.map((worker) => figure(worker, name)))).reduce((all, one) => all + one, 0);
  let quiet = 0;
  const isQuiet = async () => {
    const isDone = (await sum("handrail_kafka_partitions")) === 6 && (await sum("handrail_kafka_lag_messages")) === 0;
    quiet = isDone ? quiet + 1 : 0;
    await sleep(200);
    return quiet >= 10;
  };
  await until(isQuiet, "everything to be folded", 90_000);
}

/** Everything is folded, and nobody folds or appends any more. */
async function toRest() {
  const all = () => [...world.gateways, ...world.workers];
  await Promise.all(all().map(({ returned }) => returned));
  for (const one of all()) one.isAsked = true;
  await untilFolded();
  await Promise.all(world.gateways.map((gateway) => gateway.stop()));
  await untilFolded();
  await Promise.all(world.workers.map((worker) => worker.stop()));
}

/** What everybody said, and all that was found, in files; returns where. */
function keepEvidence(texts) {
  const folder = mkdtempSync(join(tmpdir(), `handrail-chaos-${SEED}-`));
  const keep = (name, text) => writeFileSync(join(folder, name), text);
  for (const [name, text] of Object.entries(texts)) keep(name, text);
  world.gateways.forEach(({ said }, i) => keep(`gateway-${i}.log`, said));
  world.workers.forEach(({ said }, i) => keep(`worker-${i}.log`, said));
  [0, 1, 2].forEach((i) => keep(`broker-${i}.log`, world.kafka.node(i).said));
  dead.forEach(({ said, child }, i) => keep(`killed-${i}-${child.spawnargs.includes("kafka.Kafka") ? "broker" : child.spawnargs[1]}.log`, said));
  return folder;
}

const named = (faults) => [...new Set(faults.flatMap((fault) => fault.match(/^sim-\d+-\d+/) ?? []))];

test("what was acknowledged is there once and in order, each offer was displayed once, and an embedded server decides the same", { timeout: SECONDS * 1000 + AFTERWARDS_MS }, async () => {
  const simulation = simulate();
  const happened = await misfortunesUntil(Date.now() + (SECONDS - 5) * 1000);
  const { code, out, err } = await simulation;
  assert.ok(out, err);
  const { events, readBack, streams, statuses, offers, struggleToOfferMs } = JSON.parse(out);
  console.log(`seed ${SEED}, ${happened.length} misfortunes:\n  ${happened.join("\n  ")}`);
  for (const { words } of endedByThemselves) console.log(`  and ${words}`);
  console.log(`${events} events, answers ${JSON.stringify(statuses)}, streams ${JSON.stringify(streams)}, ${offers.pushed} offers, from struggle to offer p50 ${struggleToOfferMs.p50} ms`);
  await brokersAreWhole;
  await toRest();
  const embedded = compareWithEmbedded(world.settings, named(readBack.faults));
  console.log(`compared with an embedded server: ${embedded.words}`);
  if (code !== 0 || !embedded.isSame) {
    console.log(embedded.said);
    console.log(`more in ${keepEvidence({ "misfortunes.txt": happened.join("\n"), "simulation.json": out, "compared.txt": embedded.said })}`);
  }
  for (const { one, words, code: endedWith } of endedByThemselves) assert.ok(endedWith === 1 && one.said.includes("the producer cannot go on"), `${words}: ${one.said}`);
  assert.deepEqual(readBack.faults, []);
  assert.equal(code, 0, out);
  assert.ok(embedded.isSame, "the tables are not what an embedded server makes of the topic");
  assert.ok(offers.pushed > 0, out);
});
