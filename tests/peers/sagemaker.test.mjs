// SPDX-License-Identifier: Apache-2.0
// A SageMaker endpoint asked beside the embedded model: what it says counts; where it says nothing, that model's word does.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, afterEach, before, test } from "node:test";
import { promisify } from "node:util";
import { join } from "node:path";
import { until } from "../e2e/support.mjs";
import { CREDENTIALS, root } from "./emulators.mjs";
import { figuresAreThoseUnder } from "./figures.mjs";
import { freePort, launch } from "./processes.mjs";
import { calibrated, ENDPOINT, figure, page, program, python, settingsFor, startAsking, startEndpoint, struggle, trainModel } from "./sagemaker.mjs";

const call = promisify(execFile);

let model;
let endpoint;
let server;

before(async () => {
  model = await trainModel();
  endpoint = await startEndpoint(model);
  console.log(`ran against InvokeEndpoint over ${endpoint.name()}, every request's signature and shape checked by botocore`);
}, { timeout: 300_000 });
after(async () => {
  await endpoint?.stop();
  model?.forget();
});
afterEach(async () => {
  await endpoint.feel("well");
  await server?.stop();
  server = undefined;
});

const start = async (more) => (server = await startAsking(model, settingsFor(endpoint, more)));
const attributes = (visitor) => server.get(`/v1/visitors/${visitor}/attributes`);
const decisions = async (visitor) => (await server.get(`/v1/visitors/${visitor}/decisions`)).items;

test("an endpoint's word comes into the journey, and agrees with the embedded model's", async () => {
  await start({ HANDRAIL_PREDICTOR__TARGET_VARIANT: "blue" });
  await server.send("anna", [page(1), page(2), page(3)]);
  const seen = await until(async () => {
    const now = await attributes("anna");
    return now.model?.source === "endpoint" && now;
  }, "the endpoint's word");
  const [word] = (await server.get("/v1/visitors/anna/events")).items.filter(({ record }) => record === "prediction");
  assert.match(word.words, /^an endpoint's word of leaving: \d+ %$/);
  const asked = (await endpoint.asked()).filter(({ row }) => row).at(-1);
  assert.equal(asked.variant, "blue");

  // The same row, asked past Handrail, and put through the artefact's calibration.
  const { stdout } = await call(python, ["-c", ASK_XGBOOST, model.archive, asked.row]);
  assert.ok(Math.abs(seen.exitProbability - calibrated(model, Number(stdout))) < 2 / 65536, `${seen.exitProbability}, and ${stdout}`);

  // The same event, scored from the log by the model within.
  await server.end();
  const { stdout: lines } = await call(program, ["score", "--data", server.folder, "--model", model.model, "--json"]);
  const within = lines.trim().split("\n").map((line) => JSON.parse(line));
  const ofRow = within.filter(({ visitor }) => visitor === "anna").at(-1);
  assert.ok(Math.abs(ofRow.exitProbability - seen.exitProbability) < 2 / 65536, `${ofRow.exitProbability}, and ${seen.exitProbability}`);
});

const ASK_XGBOOST = `
import sys, tarfile, numpy, xgboost
booster = xgboost.Booster()
with tarfile.open(sys.argv[1]) as packed:
    booster.load_model(bytearray(packed.extractfile("xgboost-model").read()))
row = [float(cell) if cell else numpy.nan for cell in sys.argv[2].strip().split(",")]
print(repr(float(booster.predict(xgboost.DMatrix(numpy.array([row], dtype=numpy.float32), feature_names=booster.feature_names))[0])))
`;

test("a wrong secret: nothing is predicted, it is counted, and help is decided as ever", async () => {
  await start({ AWS_SECRET_ACCESS_KEY: "another" });
  await server.send("carl", [page(1), page(2)]);
  await until(async () => (await figure(server, "handrail_predictor_failed_total", "refused")) > 0, "the refusal to be counted");
  assert.match((await endpoint.asked()).findLast(({ refused }) => refused).refused, /InvalidSignatureException/);
  await server.send("carl", [struggle(3)]);
  const [decision] = await decisions("carl");
  assert.equal(decision.outcome, "offer");
  assert.notEqual(decision.model?.source, "endpoint");
  assert.equal((await attributes("carl")).model.source, "embedded");
});

test("while the endpoint hangs decisions go on", async () => {
  await start({ HANDRAIL_PREDICTOR__IN_FLIGHT: "1" });
  await endpoint.feel("hung");
  const before_ = (await endpoint.asked()).length;
  await server.send("dora", [page(1)]);
  await until(async () => (await endpoint.asked()).length > before_, "it to hang");
  await server.send("dora", [page(2), struggle(3)]);
  const [decision] = await decisions("dora");
  assert.equal(decision.outcome, "offer");
  assert.equal(await figure(server, "handrail_predictor_answered_total"), 0);
  assert.equal(await figure(server, "handrail_predictor_asked_total"), 1);
});

test("an endpoint that does not answer in time is counted", async () => {
  await start({ HANDRAIL_PREDICTOR__DEADLINE_MS: "100" });
  await endpoint.feel("hung");
  await server.send("emil", [page(1)]);
  await until(async () => (await figure(server, "handrail_predictor_failed_total", "timeout")) > 0, "the deadline to be counted");
});

test("after five failures it is left alone, and asked again once it answers", async () => {
  await start({ HANDRAIL_PREDICTOR__OPEN_MS: "2000", HANDRAIL_PREDICTOR__OPEN_MAX_MS: "2000" });
  await endpoint.feel("down");
  let seq = 0;
  const visitor = "fred";
  const breaker = (state) =>
    until(async () => {
      await server.send(visitor, [page(++seq)]);
      return (await figure(server, "handrail_predictor_breaker")) === state;
    }, `the breaker at ${state}`);
  await breaker(2);
  assert.ok((await figure(server, "handrail_predictor_failed_total", "unavailable")) >= 5);
  await until(async () => {
    await server.send(visitor, [page(++seq)]);
    return (await figure(server, "handrail_predictor_dropped_total", "breaker_open")) > 0;
  }, "a row that is not asked about");
  await endpoint.feel("well");
  await breaker(0);
  await until(async () => (await attributes(visitor)).model?.source === "endpoint", "the endpoint's word");
  assert.match(server.said(), /not asked for a while: the SageMaker endpoint exit-risk/);
});

test("an endpoint that answers what is no probability is not believed", async () => {
  await start();
  await endpoint.feel("mad");
  await server.send("gina", [page(1), page(2)]);
  await until(async () => (await figure(server, "handrail_predictor_failed_total", "nonsense")) > 0, "the lie to be counted");
  assert.equal((await attributes("gina")).model.source, "embedded");
});

test("the figures of a server that asks are those that are documented", async () => {
  await start();
  await figuresAreThoseUnder("Of a server, or worker, that asks an endpoint", [server], /^handrail_predictor/);
});

test("boto3 asks our own container as it asks SageMaker's", async () => {
  const port = await freePort();
  const container = await launch(program, ["serve-model", "--model", model.archive, "--port", String(port)], port);
  try {
    const row = (await endpoint.asked()).findLast(({ row }) => row).row;
    const words = [join(root, "tests/peers/emulators/sagemaker/ask_with_boto3.py"), `http://127.0.0.1:${port}`, ENDPOINT, row];
    const { stdout } = await call(python, words, { env: { ...process.env, ...CREDENTIALS } });
    const { stdout: expected } = await call(python, ["-c", ASK_XGBOOST, model.archive, row]);
    assert.equal(Math.fround(Number(JSON.parse(stdout).body)), Math.fround(Number(expected)));
    assert.match(JSON.parse(stdout).refused, /invalid_argument/); // the container's own word: SageMaker wraps it in a ModelError
  } finally {
    await container.stop();
  }
});
