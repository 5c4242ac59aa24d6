// SPDX-License-Identifier: Apache-2.0
// A population of visitors before two gateways, three Kafka nodes, two workers and a store, of which one after another is
// killed or stands still. CHAOS_SECONDS and CHAOS_SEED say how long, and in which order.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { sleep, until } from "../e2e/support.mjs";
import { program } from "./chain.mjs";
import { figure } from "./figures.mjs";
import { startKafkaWorld } from "./kafka_world.mjs";
import { nginxVersion, startNginx } from "./nginx.mjs";
import { end, freePort } from "./processes.mjs";

const SECONDS = Number(process.env.CHAOS_SECONDS ?? 75);
const SEED = Number(process.env.CHAOS_SEED ?? 1);
const PAUSE_MS = 6_000; // between two misfortunes

let world;
let front;
const dead = []; // what the killed ones said

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
  for (let i = 0; i < 2; ++i) await Promise.all([world.startGateway(), world.startWorker()]);
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
const restarted = async (list, i) => {
  dead.push(list[i]);
  await end(list[i].child, "SIGKILL");
  await sleep(500);
  await world.restart(list, i);
};
/** Each comes back before the next misfortune. */
const misfortunes = {
  "a broker is killed": async (i) => {
    await world.kafka.kill(i % 3);
    await sleep(3_000);
    await world.kafka.restart(i % 3);
  },
  "a worker is killed": (i) => restarted(world.workers, i % 2),
  "a worker stands still for longer than its session": (i) => frozen(world.workers[i % 2].child, 4_000),
  "a gateway is killed": (i) => restarted(world.gateways, i % 2),
  "the store stands still": () => frozen(world.aws.dynamo.child, 4_000),
};

/** The same seed gives the same order. */
function* order(seed) {
  const names = Object.keys(misfortunes);
  for (let state = seed >>> 0; ; ) {
    const round = [...names];
    while (round.length > 0) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      yield round.splice((state >>> 8) % round.length, 1)[0];
    }
  }
}

test("what was acknowledged is there once and in order, and each offer was displayed once", { timeout: (SECONDS + 240) * 1000 }, async () => {
  const flags = ["--rate", "60", "--duration", String(SECONDS), "--seed", String(SEED), "--streams", "100", "--settle", "15", "--json"];
  const simulation = spawn(program, ["simulate", "--server", new URL(front.url).host, ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  simulation.stdout.on("data", (text) => (out += text));
  let said = "";
  simulation.stderr.on("data", (text) => (said += text));
  const ended = new Promise((resolve) => simulation.on("exit", resolve));
  const until_ = Date.now() + SECONDS * 1000;
  const happened = [];
  const names = order(SEED);
  await sleep(5_000);
  for (let i = 0; Date.now() < until_ - 5_000; ++i) {
    const name = names.next().value;
    happened.push(name);
    await misfortunes[name](i);
    await sleep(PAUSE_MS);
  }
  const code = await ended;
  assert.ok(out, said);
  const result = JSON.parse(out);
  const { readBack, streams, statuses, offers, struggleToOfferMs } = result;
  console.log(`${happened.length} misfortunes: ${happened.join("; ")}`);
  console.log(`${result.events} events, answers ${JSON.stringify(statuses)}, streams ${JSON.stringify(streams)}, ${offers.pushed} offers, from struggle to offer p50 ${struggleToOfferMs.p50} ms`);
  if (code !== 0) console.log([...world.gateways, ...world.workers, ...dead].map(({ said }) => said).join("\n---\n"));
  assert.deepEqual(readBack.faults, []);
  assert.equal(code, 0, out);
  assert.ok(offers.pushed > 0, out);
  assert.ok(happened.length >= 5, happened.join("; "));
  await until(async () => (await Promise.all(world.workers.map((worker) => figure(worker, "handrail_kafka_lag_messages")))).every((lag) => lag === 0), "everything to be folded", 30_000);
});
