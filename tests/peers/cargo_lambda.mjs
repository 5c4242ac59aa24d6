// SPDX-License-Identifier: Apache-2.0
// cargo-lambda's Runtime API and invoke API, written by neither AWS nor us, and one function at them.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { peers } from "./emulators.mjs";
import { end, freePort, launch } from "./processes.mjs";

const NAME = "handrail";

/** `{value}` or `{error}`, as LambdaFunction's. A text goes as it is. */
async function invoke(port, event) {
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const response = await fetch(`http://127.0.0.1:${port}/2015-03-31/functions/${NAME}/invocations`, { method: "POST", body });
  const answer = await response.json();
  return response.ok && !response.headers.has("x-amz-function-error") ? { value: answer } : { error: answer };
}

export async function startCargoLambda({ program, args = ["lambda"], env }) {
  const folder = join(peers, "cargo-lambda");
  const port = await freePort();
  const service = await launch(join(folder, "bin/cargo-lambda"), ["lambda", "watch", "--only-lambda-apis", "-A", "127.0.0.1", "-P", String(port)], port, { cwd: folder });
  const child = spawn(program, args, { env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}/.rt/${NAME}` }, stdio: ["ignore", "ignore", "pipe"] });
  const [, version] = readFileSync(join(folder, "requirements.txt"), "utf8").match(/^cargo-lambda==(.+)$/m);
  const lambda = { name: `cargo-lambda ${version}`, child, said: "" };
  child.stderr.on("data", (text) => (lambda.said += text));
  const ended = new Promise((resolve) => child.on("exit", () => resolve({ error: { errorType: "Runtime.ExitError", errorMessage: lambda.said } })));
  lambda.invoke = (event) => Promise.race([invoke(port, event), ended]);
  lambda.stop = async () => {
    await end(child);
    await service.stop();
  };
  return lambda;
}
