// SPDX-License-Identifier: Apache-2.0
// Readers of journeys that are others' programs, and servers that ask them about visitors who struggle.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { sleep, until } from "../e2e/support.mjs";
import { CREDENTIALS, peers, REGION, root } from "./emulators.mjs";
import { freePort, launch } from "./processes.mjs";

const program = resolve(process.env.HANDRAIL_BIN ?? `${root}build/release/handrail`);
/** What the made-up model takes in the place of a signature. */
export const KEY = "key-of-the-test";

/** Converse and chat completions of one made-up model, whose mood is told. */
export async function startModel() {
  const port = await freePort();
  const running = await launch(join(peers, "python/bin/python"), ["-u", join(root, "tests/peers/emulators/bedrock/converse.py"), String(port), REGION], port);
  const url = `http://127.0.0.1:${port}`;
  const asked = async () => (await fetch(`${url}/asked`)).json();
  return {
    ...running,
    url,
    name: () => running.said.split("\n")[0],
    feel: (mood) => fetch(`${url}/mood`, { method: "PUT", body: mood }),
    forget: () => fetch(`${url}/forget`, { method: "PUT", body: "well" }),
    /** All that came: questions, and looks at what kind of server this is. */
    asked,
    questions: async () => (await asked()).filter(({ method }) => method === "POST"),
  };
}

/** aimock answers any question, by Converse and by chat, with the same words. */
export async function startAimock(answer) {
  const folder = mkdtempSync(join(tmpdir(), "handrail-aimock-"));
  const fixtures = join(folder, "fixtures.json");
  const converse = { match: { userMessage: "<journey>", toolName: "report_journey" }, response: { toolCalls: [{ name: "report_journey", arguments: answer }] } };
  const chat = { match: { userMessage: "<journey>" }, response: { content: JSON.stringify(answer) } };
  writeFileSync(fixtures, JSON.stringify({ fixtures: [converse, chat] }));
  const package_ = join(peers, "aimock/node_modules/@copilotkit/aimock");
  const port = await freePort();
  const words = [join(package_, "dist/cli.js"), "-h", "127.0.0.1", "-p", String(port), "-f", fixtures, "--strict", "--validate-on-load"];
  const running = await launch("node", words, port);
  return {
    url: `http://127.0.0.1:${port}`,
    name: `aimock ${JSON.parse(readFileSync(join(package_, "package.json"), "utf8")).version}`,
    said: () => running.said,
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** How the very small model is asked: it has one thread, and little of it beside a busy program. */
const PATIENT = { HANDRAIL_ANALYST__MODEL: "smollm2-135m-instruct", HANDRAIL_ANALYST__DEADLINE_MS: "60000", HANDRAIL_ANALYST__IN_FLIGHT: "1", HANDRAIL_ANALYST__MAX_TOKENS: "220" };
export const patient = (llama) => openai(llama, PATIENT);

/** llama.cpp's server with the very small model of scripts/setup-llm.sh, as important as the tests beside it. */
export async function startLlama() {
  const port = await freePort();
  const running = await launch(join(root, ".tools/llm/bin/python"), ["-u", join(root, "scripts/llm_server.py"), String(port), "0"], port, { cwd: root });
  await until(() => running.said.includes("listening on "), "the model to be loaded", 90_000);
  return { ...running, url: `http://127.0.0.1:${port}` };
}

export const bedrock = (model, more = {}) => ({ HANDRAIL_ANALYST__KIND: "bedrock", HANDRAIL_ANALYST__URL: model.url, ...CREDENTIALS, ...more });
export const openai = (model, more = {}) => ({ HANDRAIL_ANALYST__KIND: "openai", HANDRAIL_ANALYST__URL: `${model.url}/v1`, HANDRAIL_ANALYST__MODEL: "made-up-1", ...more });

/** Sum of the figure's series with all of these labels. */
const sumOf = (metrics, name, labels) =>
  [...metrics.matchAll(new RegExp(`^${name}(?:\\{([^}]*)\\})? ([\\d.e+-]+)$`, "gm"))]
    .filter(([, has]) => Object.entries(labels).every(([key, value]) => has?.includes(`${key}="${value}"`)))
    .reduce((sum, [, , value]) => sum + Number(value), 0);

/** A server of its own folder that has journeys read as `settings` say. "demo": the bank is open, too. */
export async function startReading(settings = {}, command = "serve", flags = []) {
  const folder = mkdtempSync(join(tmpdir(), "handrail-reading-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const run = (more) => launch(program, [command, "--data", folder, "--listen", `127.0.0.1:${port}`, ...flags], port, { cwd: root, env: { ...process.env, ...settings, ...more } });
  let running = await run();
  const get = async (path) => (await fetch(url + path)).json();
  const send = async (method, path, body, headers = {}) => {
    const response = await fetch(url + path, { method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  };
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  const items = async (visitor, what) => {
    const response = await fetch(`${url}/v1/visitors/${visitor}/${what}`);
    return response.status === 200 ? (await response.json()).items : [];
  };
  const track = (visitor, eventType, eventData, { headers, ...more } = {}) =>
    send("POST", "/api/events/track", { userId: visitor, sessionId: `s-${visitor}`, timestamp: Date.now(), eventType, eventData, ...more }, headers);
  return {
    url,
    get,
    send,
    track,
    items,
    said: () => running.said,
    pid: () => running.child.pid,
    end: () => running.stop(),
    figure: async (name, labels = {}) => sumOf(await metrics(), `handrail_analyst_${name}`, labels),
    /** By the original's route. Two attempts are read, and no more; three lead to an offer. */
    struggle: (visitor, attemptCount = 3, more) => track(visitor, "struggle_signal", { feature: "calculator", attemptCount }, more),
    /** Facts as the SDK sends them. */
    watch: async (visitor, facts, headers) => {
      const events = facts.map(([eventType, eventData], i) => ({ seq: i + 1, eventType, eventData, timestamp: Date.now() }));
      const answer = await send("POST", "/h/e", { v: 1, anonymousId: visitor, tabId: `tab-${visitor}`, sentAt: Date.now(), events }, headers);
      assert.equal(answer.rejected, 0, JSON.stringify(answer));
    },
    attributes: (visitor) => get(`/v1/visitors/${visitor}/attributes`),
    readings: async (visitor) => (await items(visitor, "signals")).filter(({ signalType }) => signalType === "ai_journey_analysis"),
    offer: (visitor) => until(async () => (await get(`/api/interventions/${visitor}/pending`)).intervention?.payload, `an offer to ${visitor}`),
    decision: async (visitor) => (await items(visitor, "decisions"))[0],
    async publishRules(rules) {
      await send("PUT", "/v1/sites/default/rules/draft", rules);
      const { version } = await send("POST", "/v1/sites/default/rules/publish", { note: "of the test" });
      await until(async () => (await get("/v1/sites/default/rules")).version === version, "the rules to hold");
    },
    async killAndStart(more) {
      await new Promise((resolve) => {
        running.child.on("exit", resolve);
        running.child.kill("SIGKILL");
      });
      running = await run(more);
    },
    stop: async () => {
      await running.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export const byProvider = async (provider, server, visitor) => (await server.readings(visitor)).find(({ analysis }) => analysis.source.provider === provider);

/** Waits for the account of that provider, and returns the signal. */
export const readingBy = (provider, server, visitor, ms) => until(() => byProvider(provider, server, visitor), `${visitor} to be read by ${provider}`, ms);

/**
 * Makes people struggle, one after the other, until a slow model has read one of them in time. What it has begun to read of
 * the words that all prompts begin with, it need not read again.
 */
export async function readingOfSomebody(server, ms) {
  const end = Date.now() + ms;
  for (let i = 1; Date.now() < end; i++) {
    const visitor = `somebody-${i}`;
    const failed = await server.figure("failed_total");
    await server.struggle(visitor);
    const isOver = async () => (await server.figure("failed_total")) > failed || (await server.figure("dropped_total", { reason: "breaker_open" })) > 0;
    const found = await until(async () => (await byProvider("openai", server, visitor)) ?? ((await isOver()) && "over"), `${visitor} to be read`, ms);
    if (found !== "over") return found;
    await sleep(1_000);
  }
  throw new Error(`nobody was read within ${ms} ms: ${server.said()}`);
}

/** What of an analysis must be so, whoever wrote it. `catalogue` is the server's own; `facts` what it was about. */
export function assertGrounded(analysis, catalogue) {
  const holds = ({ code, fact, value }) => {
    const row = catalogue.insights.find((one) => one.code === code);
    return row?.fact === fact && (row.holds === "at_least" ? value >= row.bound : value <= row.bound);
  };
  for (const insight of analysis.insights) assert.ok(holds(insight), JSON.stringify(insight));
  assert.ok(analysis.insights.length <= 3 && analysis.actions.length <= 3);
  for (const action of analysis.actions) assert.ok(catalogue.actions.some(({ id }) => id === action), action);
  assert.ok(["low", "medium", "high"].includes(analysis.engagement_level));
  assert.ok(analysis.exit_risk_score >= 0 && analysis.exit_risk_score <= 100 && Math.abs(analysis.movesRisk) <= 15);
  if (!analysis.ownWords) return assert.ok(catalogue.messages.some(({ text }) => text === analysis.message), analysis.message);
  assert.ok(Buffer.byteLength(analysis.message) <= 160);
  assert.doesNotMatch(analysis.message, /[<>{}[\]`\u0000-\u001f]|https?:|www\.|@/);
}
