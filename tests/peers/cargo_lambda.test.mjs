// SPDX-License-Identifier: Apache-2.0
// The function at a Runtime API that others wrote, fed with what gateways put into Kinesis.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../e2e/support.mjs";
import { startCargoLambda } from "./cargo_lambda.mjs";
import { startChain } from "./chain.mjs";
import { ask } from "./emulators.mjs";
import { check, sendAll } from "./load.mjs";

let chain;

before(async () => {
  chain = await startChain({ startFunction: startCargoLambda, mapping: { retries: 1000 } });
  console.log(`ran against ${chain.names}, every request's signature checked by botocore`);
});
after(() => chain?.stop());

const failuresOf = ({ result }) => result.value?.batchItemFailures;

test("what gateways put into the stream is folded, and each batch answered with nothing that failed", { timeout: 60_000 }, async () => {
  await check(chain.gateways[0], await sendAll(chain.gateways, "folded", { count: 12, rounds: 6 }));
  const { invocations } = chain.source;
  assert.ok(invocations.length > 0);
  for (const { result } of invocations) assert.deepEqual(result, { value: { batchItemFailures: [] } });
});

test("an event that is neither Kinesis' nor the scheduler's is answered with an error, and the next is served", async () => {
  for (const [event, why] of [
    [{ hello: "world" }, /it has no "Records"/],
    ["no JSON", /it is no JSON object/],
    [{ Records: [{ kinesis: { partitionKey: "x", data: "eA==" } }] }, /a record has no "sequenceNumber"/],
  ]) {
    const { value, error } = await chain.lambda.invoke(event);
    assert.equal(value, undefined);
    assert.equal(error.errorType, "Handrail.Function");
    assert.match(error.errorMessage, why);
  }
  assert.deepEqual(await chain.sweep(), { value: { timers: 0 } });
  assert.equal(chain.lambda.child.exitCode, null);
});

test("what cannot be folded is named in the answer, and folded when it is delivered again", { timeout: 60_000 }, async () => {
  await ask(chain.aws.dynamo.url, "DynamoDB_20120810.DeleteTable", { TableName: "handrail-events" });
  const earlier = chain.source.invocations.length;
  const visitors = await sendAll(chain.gateways, "again", { count: 6, rounds: 2 });
  const failed = await until(() => chain.source.invocations.slice(earlier).find((one) => failuresOf(one)?.length > 0), "a batch to fail");
  assert.equal(failuresOf(failed).length, failed.records);
  chain.createTables();
  await check(chain.gateways[0], visitors);
  assert.deepEqual(chain.source.discarded, []);
});

test("no signature was refused", () => assert.deepEqual(chain.aws.refused(), []));
