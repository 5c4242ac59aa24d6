// SPDX-License-Identifier: Apache-2.0
// The mission's chain: gateway -> Kinesis -> Lambda -> DynamoDB -> outbox stream -> gateway -> page, on emulators.
// As a program it starts all of it and prints where the bank is.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sleep } from "../e2e/support.mjs";
import { createStream, root, startAws } from "./emulators.mjs";
import { EventSourceMapping, LambdaFunction } from "./lambda.mjs";
import { freePort, launch } from "./processes.mjs";

export const program = process.env.HANDRAIL_BIN ?? `${root}build/release/handrail`;

/** The function as it is deployed: packed into its zip, and unpacked as the service does. */
function unpackedFunction() {
  const folder = mkdtempSync(join(tmpdir(), "handrail-function-"));
  execFileSync(join(root, "scripts/lambda-zip.sh"), [program, `${folder}.zip`]);
  const unpack = "import os, sys, zipfile\nwith zipfile.ZipFile(sys.argv[1]) as z:\n  for i in z.infolist(): os.chmod(z.extract(i, sys.argv[2]), i.external_attr >> 16 & 0o777)";
  execFileSync("python3", ["-c", unpack, `${folder}.zip`, folder]);
  rmSync(`${folder}.zip`);
  return folder;
}

/** Nothing is left running where the rest of a chain does not come up. */
async function orStop(chain, starting) {
  await starting.catch(async (error) => {
    await chain.stop();
    throw error;
  });
  return chain;
}

/** Gateways, streams and tables; nobody folds yet. `stop` runs what `onStop` was given, the last first. */
export async function startGateways({ shards = 2, gateways = 1, env = {}, kinesis } = {}) {
  const aws = await startAws({ kinesis });
  const settings = { ...process.env, ...aws.env, ...env };
  const ends = [aws.stop];
  const chain = { aws, settings, env, gateways: [], names: `${aws.dynamo.name}, ${aws.kinesis.name}`, onStop: (end) => ends.unshift(end) };
  chain.stop = async () => {
    for (const end of ends) await end();
  };
  chain.createTables = () => {
    const made = spawnSync(program, ["tables", "create"], { env: settings, encoding: "utf8" });
    if (made.status !== 0) throw new Error(`tables create: ${made.stderr}${made.stdout}`);
  };
  chain.addGateway = async (own = {}) => {
    const port = await freePort();
    const gateway = await launch(program, ["gateway", "--demo", "--listen", `127.0.0.1:${port}`], port, { env: { ...settings, ...own } });
    chain.onStop(gateway.stop);
    chain.gateways.push(Object.assign(gateway, { url: `http://127.0.0.1:${port}` }));
    return chain.gateways.at(-1);
  };
  const fill = async () => {
    chain.createTables();
    await createStream(aws.kinesis.url, "handrail-events", shards);
    await createStream(aws.kinesis.url, "handrail-outbox", 1);
    for (let i = 0; i < gateways; ++i) await chain.addGateway();
  };
  return orStop(chain, fill());
}

/** As Lambda runs it: from the zip, with what Lambda sets and nothing of this machine's. */
async function addFunction(chain, { mapping, startFunction }) {
  const bundle = unpackedFunction();
  chain.onStop(() => rmSync(bundle, { recursive: true }));
  const lambda = await startFunction({ program: `${bundle}/bootstrap`, args: [], env: { ...chain.aws.env, ...chain.env, LAMBDA_TASK_ROOT: bundle } });
  chain.onStop(() => lambda.stop());
  const source = new EventSourceMapping({ url: chain.aws.kinesis.url, stream: "handrail-events", target: lambda, ...mapping });
  chain.onStop(() => source.stop());
  await source.start();
  // EventBridge's scheduler, which AWS runs each minute.
  const sweep = () => lambda.invoke({ source: "aws.scheduler" });
  Object.assign(chain, { lambda, source, sweep, names: `${chain.names}, ${lambda.name}` });
}

/** The whole chain, with Lambda; `startFunction` says whose. */
export async function startChain({ mapping = {}, startFunction = (options) => new LambdaFunction(options), ...options } = {}) {
  const chain = await startGateways(options);
  return orStop(chain, addFunction(chain, { mapping, startFunction }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const chain = await startChain();
  const timer = setInterval(chain.sweep, 60_000);
  console.log(`handrail on ${chain.names}\n\n  the bank      ${chain.gateways[0].url}/demo/\n  the desk      ${chain.gateways[0].url}/desk/\n\nCtrl-C ends it.`);
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  clearInterval(timer);
  await Promise.race([chain.stop(), sleep(15_000)]);
  process.exit(0);
}
