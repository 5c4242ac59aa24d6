// SPDX-License-Identifier: Apache-2.0
// Apache Kafka, KRaft, one node or three, on free ports of loopback.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end, freePort, launch, root } from "./emulators.mjs";

const CLUSTER = "handrail-test-cluster0"; // 22 characters
const jars = join(root, ".tools/peers/kafka/lib/*");
const logging = join(root, ".tools/peers/kafka/log4j2.properties");

function configuration({ id, ports, controllers, folder }) {
  const nodes = controllers.length;
  return Object.entries({
    "process.roles": "broker,controller",
    "node.id": id,
    "controller.quorum.voters": controllers.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(","),
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${ports.broker}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": folder,
    "offsets.topic.replication.factor": nodes,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": nodes,
    "transaction.state.log.num.partitions": 2,
    "transaction.state.log.min.isr": Math.max(1, nodes - 1),
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    "broker.session.timeout.ms": 2000,
    "broker.heartbeat.interval.ms": 500,
    "log.cleaner.dedupe.buffer.size": 8388608,
    "auto.create.topics.enable": false,
    ...(nodes > 1 && { "replica.lag.time.max.ms": 3000, "controller.quorum.election.timeout.ms": 500, "controller.quorum.fetch.timeout.ms": 1000 }),
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** `brokers` is what clients connect to; a node is killed with `kill(i)` and started again with `restart(i)`. */
export async function startKafka(nodes = 1) {
  const folder = mkdtempSync(join(tmpdir(), "handrail-kafka-"));
  const ports = [];
  for (let i = 0; i < nodes; ++i) ports.push({ broker: await freePort(), controller: await freePort() });
  const controllers = ports.map(({ controller }) => controller);
  const java = (heap) => [`-Xmx${heap}m`, "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", `-Dlog4j2.configurationFile=${logging}`, "-cp", jars];
  const files = ports.map((own, i) => {
    const file = join(folder, `node-${i + 1}.properties`);
    writeFileSync(file, configuration({ id: i + 1, ports: own, controllers, folder: join(folder, `data-${i + 1}`) }));
    execFileSync("java", [...java(128), "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", file], { stdio: "ignore" });
    return file;
  });
  const start = (i) => launch("java", [...java(256), "kafka.Kafka", files[i]], ports[i].broker);
  const running = await Promise.all(files.map((_, i) => start(i)));
  const version = readFileSync(join(root, ".tools/peers/kafka/pom.xml"), "utf8").match(/kafka_2.13<\/artifactId><version>([^<]+)/)[1];
  return {
    brokers: ports.map(({ broker }) => `127.0.0.1:${broker}`).join(","),
    name: `Apache Kafka ${version}, ${nodes === 1 ? "one node" : `${nodes} nodes`}`,
    kill: (i) => end(running[i].child, "SIGKILL"),
    restart: async (i) => {
      running[i] = await start(i);
    },
    async stop() {
      await Promise.all(running.map(({ child }) => end(child)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
