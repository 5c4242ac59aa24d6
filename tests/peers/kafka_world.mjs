// SPDX-License-Identifier: Apache-2.0
// Gateways and workers around a real Kafka, the state in DynamoDB.
// As a program it starts one of each and prints where the bank is; for other programs: --json, and --workers 0 for a
// gateway whose records nobody folds.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { program } from "./chain.mjs";
import { startAws } from "./emulators.mjs";
import { startKafka } from "./kafka.mjs";
import { end, freePort, launch } from "./processes.mjs";

/** Where one does not start, the others end. */
async function allOrNone(starting) {
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find(({ status }) => status === "rejected");
  if (!failed) return outcomes.map(({ value }) => value);
  await Promise.all(outcomes.map(({ value }) => value?.stop()));
  throw failed.reason;
}

/** Nothing of ours runs yet; `start` adds to `gateways` or `workers`. Signatures are checked where `isSigned`. */
export async function startKafkaWorld({ nodes = 1, env = {}, isSigned = true } = {}) {
  const [aws, kafka] = await allOrNone([startAws(), startKafka(nodes)]);
  const settings = {
    ...process.env,
    ...aws.env,
    ...(!isSigned && { HANDRAIL_AWS__DYNAMODB_ENDPOINT: aws.dynamo.url }),
    HANDRAIL_STREAM__KIND: "kafka",
    HANDRAIL_KAFKA__BROKERS: kafka.brokers,
    HANDRAIL_KAFKA__PARTITIONS: "6",
    HANDRAIL_KAFKA__REPLICATION: String(nodes),
    HANDRAIL_KAFKA__SESSION_MS: "2000",
    HANDRAIL_KAFKA__PROPERTIES: "broker.address.family=v4",
    ...env,
  };
  const world = { aws, kafka, settings, gateways: [], workers: [], names: `${kafka.name}, ${aws.dynamo.name}` };
  const startOne = async (command, { flags = [], env: own = {}, port } = {}) => {
    const at = port ?? (await freePort());
    const running = await launch(program, [command, ...flags, "--listen", `127.0.0.1:${at}`], at, { env: { ...settings, ...own } });
    return Object.assign(running, { port: at, url: `http://127.0.0.1:${at}`, options: { flags, env: own, port: at } });
  };
  world.startGateway = async (options) => world.gateways[world.gateways.push(await startOne("gateway", options)) - 1];
  world.startWorker = async (options) => world.workers[world.workers.push(await startOne("worker", options)) - 1];
  /** A dead one of the list stands up again where it was. */
  world.restart = async (list, i) => {
    list[i] = await startOne(list === world.gateways ? "gateway" : "worker", list[i].options);
  };
  world.stop = async () => {
    await Promise.all([...world.gateways, ...world.workers].map(({ child }) => end(child)));
    await Promise.all([kafka.stop(), aws.stop()]);
  };
  const made = spawnSync(program, ["tables", "create"], { env: settings, encoding: "utf8" });
  if (made.status !== 0) throw new Error(`tables create: ${made.stderr}`);
  return world;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const ended = new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  const world = await startKafkaWorld({ isSigned: false, env: { HANDRAIL_SERVER__REQUESTS_PER_SECOND: "10000000" } });
  const gateway = await world.startGateway({ flags: ["--demo"] });
  const at = process.argv.indexOf("--workers");
  const workers = at < 0 ? 1 : Number(process.argv[at + 1]);
  for (let i = 0; i < workers; ++i) await world.startWorker();
  const { brokers } = world.kafka;
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ names: world.names, brokers, gateway: gateway.port, pid: gateway.child.pid, workers: world.workers.map(({ port, child }) => ({ port, pid: child.pid })) }));
  } else {
    console.log(`handrail on ${world.names}\n\n  the bank      ${gateway.url}/demo/\n  the desk      ${gateway.url}/desk/\n\nCtrl-C ends it.`);
  }
  await ended;
  await world.stop();
  process.exit(0);
}
