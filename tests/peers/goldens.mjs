// SPDX-License-Identifier: Apache-2.0
// The compiled tests that take their streams and tables from the environment.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { root } from "./emulators.mjs";

function run(kind, cases, env) {
  const own = { ...process.env, ...env, HANDRAIL_TEST_DYNAMODB: env.HANDRAIL_AWS__DYNAMODB_ENDPOINT };
  const { stdout } = spawnSync(`${root}build/dev/tests/test_${kind}`, [`-tc=${cases}`], { env: own, encoding: "utf8" });
  return stdout;
}

/** Byte for byte what the embedded server decides of it. */
export function foldRecordedDay(env) {
  const said = run("simulation", "*through a real stream into real tables", env);
  assert.match(said, /test cases: *1 *\| *1 passed/);
  assert.ok(Number(said.match(/assertions: *(\d+)/)[1]) > 500, "it ran, and was not skipped");
}

export function keepContract(env) {
  assert.match(run("contract", "shared state*", env), /test cases: *8 *\| *8 passed/);
}
