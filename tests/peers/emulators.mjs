// SPDX-License-Identifier: Apache-2.0
// Emulators of AWS's services on free ports of loopback, each behind a proxy that checks signatures as AWS does.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../e2e/support.mjs";
import { end, freePort, launch } from "./processes.mjs";

export const root = new URL("../../", import.meta.url).pathname;
export const peers = join(root, ".tools/peers");

export const REGION = "eu-central-1";
/** What the proxy takes; the emulators themselves take anything. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: "AKIDTEST", AWS_SECRET_ACCESS_KEY: "secret/of+the+test", AWS_REGION: REGION };

async function startDynamo() {
  const folder = join(peers, "dynamodb");
  const port = await freePort();
  const args = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", `-Djava.library.path=${folder}/lib`, "-cp", `${folder}:${folder}/lib/*`, "LoopbackOnly", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", String(port)];
  const running = await launch("java", args, port);
  const version = readFileSync(join(folder, "pom.xml"), "utf8").match(/DynamoDBLocal<\/artifactId><version>([^<]+)/)[1];
  return { ...running, url: `http://127.0.0.1:${port}`, name: `DynamoDB Local ${version}` };
}

const versionOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version;

async function startKinesisLocal() {
  const folder = join(peers, "kinesis/node_modules/kinesis-local");
  const port = await freePort();
  const tls = await freePort();
  const env = { ...process.env, KINESIS_MOCK_PLAIN_PORT: String(port), KINESIS_MOCK_TLS_PORT: String(tls), SHARD_LIMIT: "100", LOG_LEVEL: "ERROR", AWS_REGION: REGION };
  const running = await launch("node", ["main.js"], port, { cwd: folder, env });
  return { ...running, url: `http://127.0.0.1:${port}`, name: `kinesis-local ${versionOf(folder)}` };
}

/** This one keeps on disk what it took, so that it can be killed and stand up again. */
async function startKinesalite() {
  const folder = join(peers, "kinesalite");
  const kept = mkdtempSync(join(tmpdir(), "handrail-kinesalite-"));
  const port = await freePort();
  const start = () => launch("node", ["loopback_only.mjs", String(port), kept], port, { cwd: folder, env: { ...process.env, AWS_REGION: REGION } });
  let running = await start();
  return {
    url: `http://127.0.0.1:${port}`,
    name: `kinesalite ${versionOf(join(folder, "node_modules/kinesalite"))}`,
    kill: () => end(running.child, "SIGKILL"),
    restart: async () => {
      running = await start();
    },
    stop: async () => {
      await running.stop();
      rmSync(kept, { recursive: true });
    },
  };
}

const kinesisEmulators = { "kinesis-local": startKinesisLocal, kinesalite: startKinesalite };

async function startProxy(upstream, service) {
  const port = await freePort();
  const python = join(peers, "python/bin/python");
  const running = await launch(python, [join(root, "tests/peers/emulators/signature_proxy.py"), String(port), upstream, service, REGION], port);
  return { ...running, url: `http://127.0.0.1:${port}`, refused: () => running.said.split("\n").filter((line) => line.startsWith("refused")) };
}

/** Calls a service as AWS itself would from within: past the proxy. */
export async function ask(url, target, body) {
  const service = target.startsWith("Kinesis") ? "kinesis" : "dynamodb";
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": `application/x-amz-json-1.${service === "kinesis" ? 1 : 0}`,
      "x-amz-target": target,
      "x-amz-date": "20260101T000000Z",
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDTEST/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = text ? JSON.parse(text) : {};
  if (response.status !== 200) throw Object.assign(new Error(`${target}: ${JSON.stringify(answer)}`), { answer });
  return answer;
}

export const kinesis = (url, operation, body) => ask(url, `Kinesis_20131202.${operation}`, body);

export async function createStream(url, name, shards) {
  await kinesis(url, "CreateStream", { StreamName: name, ShardCount: shards });
  await until(async () => {
    const { StreamDescriptionSummary: stream } = await kinesis(url, "DescribeStreamSummary", { StreamName: name });
    return stream.StreamStatus === "ACTIVE";
  }, `the stream ${name}`);
}

/** Kinesis and DynamoDB, empty, with the configuration that leads a Handrail to them. `kinesis` names the emulator. */
export async function startAws({ kinesis = "kinesis-local" } = {}) {
  const [dynamo, stream] = await Promise.all([startDynamo(), kinesisEmulators[kinesis]()]);
  const [dynamoProxy, kinesisProxy] = await Promise.all([startProxy(dynamo.url, "dynamodb"), startProxy(stream.url, "kinesis")]);
  return {
    dynamo,
    kinesis: stream,
    env: { ...CREDENTIALS, HANDRAIL_AWS__DYNAMODB_ENDPOINT: dynamoProxy.url, HANDRAIL_AWS__KINESIS_ENDPOINT: kinesisProxy.url },
    refused: () => [...dynamoProxy.refused(), ...kinesisProxy.refused()],
    stop: () => Promise.all([dynamoProxy, kinesisProxy, dynamo, stream].map((running) => running.stop())),
  };
}
