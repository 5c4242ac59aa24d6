// SPDX-License-Identifier: Apache-2.0
// The compiled tests that take their streams and tables from the environment.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { root } from "./emulators.mjs";

function run(kind, cases, env) {
  const own = { ...process.env, ...env, HANDRAIL_TEST_DYNAMODB: env.HANDRAIL_AWS__DYNAMODB_ENDPOINT };
  const { stdout } = spawnSync(`${root}build/dev/tests/test_${kind}`, [`-tc=${cases}`], { env: own, encoding: "utf8", maxBuffer: 1 << 28 });
  return stdout;
}

/** Byte for byte what the embedded server decides of it. */
export function foldRecordedDay(env) {
  const said = run("simulation", "*through a real stream into real tables", env);
  assert.match(said, /test cases: *1 *\| *1 passed/);
  assert.ok(Number(said.match(/assertions: *(\d+)/)[1]) > 500, "it ran, and was not skipped");
}

/** The events topic of a deployment at rest, folded by the embedded engine, against its tables; tells the history of the `visitors` in any case. */
export function compareWithEmbedded(env, visitors = []) {
  const of = { HANDRAIL_TEST_KAFKA: env.HANDRAIL_KAFKA__BROKERS, HANDRAIL_TEST_TOPIC: "handrail-events", HANDRAIL_TEST_TABLES: "handrail-", HANDRAIL_TEST_VISITORS: visitors.join(",") };
  const said = run("simulation", "what workers left in tables*", { ...env, ...of });
  const isSame = /test cases: *1 *\| *1 passed/.test(said) && Number(said.match(/assertions: *(\d+)/)[1]) > 500;
  return { isSame, said, words: said.match(/^\d+ visitors, .*$/m)?.[0] };
}

export function keepContract(env) {
  assert.match(run("contract", "shared state*", env), /test cases: *9 *\| *9 passed/);
}
