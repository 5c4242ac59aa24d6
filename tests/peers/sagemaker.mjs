// SPDX-License-Identifier: Apache-2.0
// A model that learned from a simulated history, an endpoint of xgboost's own package over it, and servers that ask it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "../e2e/support.mjs";
import { CREDENTIALS, peers, REGION, root } from "./emulators.mjs";
import { freePort, launch } from "./processes.mjs";

export const program = process.env.HANDRAIL_BIN ?? `${root}build/release/handrail`;
export const python = join(peers, "sagemaker/bin/python");
export const ENDPOINT = "exit-risk";

const call = promisify(execFile);

/** Trained once, in a folder that `forget` removes: Handrail's own file, and the same for SageMaker. */
export async function trainModel() {
  const folder = mkdtempSync(join(tmpdir(), "handrail-sagemaker-"));
  const [history, model, archive] = ["history", "model.hrm", "model.tar.gz"].map((name) => join(folder, name));
  await call(program, ["simulate", "--history", "20", "--rate", "60", "--duration", "300", "--seed", "5", "--data", history]);
  await call(program, ["train", "--data", history, "--out", model, "--trials", "1", "--labels-min", "40"]);
  await call(program, ["models", "to-sagemaker", "--model", model, "--out", archive]);
  const { calibration } = JSON.parse(readFileSync(`${archive}.columns.json`, "utf8"));
  return { folder, model, archive, calibration, forget: () => rmSync(folder, { recursive: true }) };
}

export async function startEndpoint(model) {
  const port = await freePort();
  const running = await launch(python, [join(root, "tests/peers/emulators/sagemaker/endpoint.py"), String(port), ENDPOINT, model.archive, REGION], port);
  const url = `http://127.0.0.1:${port}`;
  return {
    ...running,
    url,
    name: () => running.said.split("\n")[0],
    feel: (mood) => fetch(url, { method: "PUT", body: mood }),
    asked: async () => (await fetch(url)).json(),
  };
}

/** A server whose only model is live; it asks the endpoint as `settings` say. */
export async function startAsking(model, settings) {
  const folder = mkdtempSync(join(tmpdir(), "handrail-asking-"));
  const port = await freePort();
  const env = { ...process.env, ...CREDENTIALS, ...settings };
  const running = await launch(program, ["serve", "--data", folder, "--listen", `127.0.0.1:${port}`], port, { env });
  const url = `http://127.0.0.1:${port}`;
  const post = async (path, body, type = "application/json") => {
    const response = await fetch(url + path, { method: "POST", headers: { "content-type": type }, body });
    assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  };
  const server = {
    url,
    folder,
    said: () => running.said,
    end: () => running.stop(),
    get: async (path) => (await fetch(url + path)).json(),
    send: (visitor, events) => post("/h/e", JSON.stringify({ v: 1, anonymousId: visitor, tabId: `tab-${visitor}`, sentAt: Date.now(), events })),
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true });
    },
  };
  const { version } = await post("/v1/sites/default/models", readFileSync(model.model), "application/octet-stream");
  await post(`/v1/sites/default/models/${version}/stage`, JSON.stringify({ stage: "live", overBudget: true }));
  await until(async () => (await server.get("/v1/sites/default/models")).live === version, "the model to be live");
  return server;
}

export const settingsFor = (endpoint, more = {}) => ({
  HANDRAIL_PREDICTOR__KIND: "sagemaker",
  HANDRAIL_PREDICTOR__ENDPOINT_NAME: ENDPOINT,
  HANDRAIL_PREDICTOR__ENDPOINT: endpoint.url,
  HANDRAIL_PREDICTOR__DEADLINE_MS: "10000",
  HANDRAIL_PREDICTOR__MIN_INTERVAL_MS: "0",
  ...more,
});

export const page = (seq, path = `/${seq}`) => ({ seq, eventType: "page", timestamp: Date.now(), eventData: { path } });
export const struggle = (seq) => ({ seq, eventType: "struggle_signal", timestamp: Date.now(), eventData: { feature: "calculator", attemptCount: 3 } });

/** The sum of a figure's series, or the one with that reason. */
export async function figure(server, name, reason) {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const series = [...text.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? ([\\d.e+-]+)$`, "gm"))];
  return series.filter(([, labels]) => !reason || labels.includes(`reason="${reason}"`)).reduce((sum, [, , value]) => sum + Number(value), 0);
}

/** What the artefact's calibration makes of an objective's probability. */
export function calibrated({ calibration }, probability) {
  const margin = Math.log(probability / (1 - probability));
  const step = calibration.findLast((one) => one.margin <= margin) ?? calibration[0];
  return step.exitProbability;
}
