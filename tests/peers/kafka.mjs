// SPDX-License-Identifier: Apache-2.0
// Apache Kafka, KRaft, one node or three, on free ports of loopback.
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./emulators.mjs";
import { end, freePort, launch } from "./processes.mjs";

const CLUSTER = "handrail-test-cluster0"; // 22 characters
const PASSWORD = "of the test, with a comma";
const jars = join(root, ".tools/peers/kafka/lib/*");
const logging = join(root, ".tools/peers/kafka/log4j2.properties");

function configuration({ id, ports, controllers, folder, certificate }) {
  const nodes = controllers.length;
  return Object.entries({
    "process.roles": "broker,controller",
    "node.id": id,
    "controller.quorum.voters": controllers.map((port, i) => `${i + 1}@127.0.0.1:${port}`).join(","),
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},SECURED://127.0.0.1:${ports.secured},CONTROLLER://127.0.0.1:${ports.controller}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${ports.broker},SECURED://127.0.0.1:${ports.secured}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL,CONTROLLER:PLAINTEXT",
    "listener.name.secured.ssl.keystore.type": "PEM",
    "listener.name.secured.ssl.keystore.location": certificate,
    "listener.name.secured.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.secured.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required user_handrail="${PASSWORD}";`,
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

/** Key and certificate in one file, as brokers read them; clients trust it. */
function makeCertificate(folder) {
  const file = join(folder, "node.pem");
  const names = ["-subj", "/CN=handrail-test", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, "-keyout", file, "-out", `${file}.cert`], { stdio: "ignore" });
  appendFileSync(file, readFileSync(`${file}.cert`));
  return file;
}

/** `brokers` is what clients connect to, `secured` the same by TLS with `properties(password)`; a node is killed with `kill(i)` and started again with `restart(i)`; `node(i)` runs now. */
export async function startKafka(nodes = 1) {
  const folder = mkdtempSync(join(tmpdir(), "handrail-kafka-"));
  const ports = [];
  for (let i = 0; i < nodes; ++i) ports.push({ broker: await freePort(), secured: await freePort(), controller: await freePort() });
  const controllers = ports.map(({ controller }) => controller);
  const java = (heap) => [`-Xmx${heap}m`, "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", `-Dlog4j2.configurationFile=${logging}`, "-cp", jars];
  const certificate = makeCertificate(folder);
  const files = ports.map((own, i) => {
    const file = join(folder, `node-${i + 1}.properties`);
    writeFileSync(file, configuration({ id: i + 1, ports: own, controllers, certificate, folder: join(folder, `data-${i + 1}`) }));
    execFileSync("java", [...java(128), "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", file], { stdio: "ignore" });
    return file;
  });
  const start = (i) => launch("java", [...java(256), "kafka.Kafka", files[i]], ports[i].broker);
  const running = await Promise.all(files.map((_, i) => start(i)));
  const version = readFileSync(join(root, ".tools/peers/kafka/pom.xml"), "utf8").match(/kafka_2.13<\/artifactId><version>([^<]+)/)[1];
  return {
    brokers: ports.map(({ broker }) => `127.0.0.1:${broker}`).join(","),
    secured: ports.map(({ secured }) => `127.0.0.1:${secured}`).join(","),
    properties: (password = PASSWORD) =>
      ["security.protocol=SASL_SSL", `ssl.ca.location=${certificate}.cert`, "sasl.mechanism=PLAIN", "sasl.username=handrail", `sasl.password=${password}`].join("\n"),
    name: `Apache Kafka ${version}, ${nodes === 1 ? "one node" : `${nodes} nodes`}`,
    node: (i) => running[i],
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

const run = (name, words) => promisify(execFile)("java", ["-cp", jars, join(root, "tests/peers/emulators/kafka", `${name}.java`), ...words]);

/** As an operator might do who does not know what it means to those who count on them. */
export const addPartitions = (brokers, topic, count) => run("AddPartitions", [brokers, topic, String(count)]);

/** As others might do who have the topic's name and think that it is theirs. */
export const putMessage = (brokers, topic, key, value) => run("PutMessage", [brokers, topic, key, Buffer.from(value).toString("base64")]);
