// SPDX-License-Identifier: Apache-2.0
// The real program on a free port with a folder of its own, Debian's Chromium, and a visitor at the demo's bank.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const web = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = web("playwright-core");
const axeSource = readFileSync(web.resolve("axe-core/axe.min.js"), "utf8");
const program = process.env.HANDRAIL_BIN ?? new URL("../../build/release/handrail", import.meta.url).pathname;

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `probe` gives something true, and returns it. */
export async function until(probe, what = String(probe), ms = 15_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await sleep(25);
  }
}

/** Starts the program and waits for its first line, which says where it listens. */
async function run(folder, port, flags, command = "demo") {
  const child = spawn(program, [command, "--data", folder, "--listen", `127.0.0.1:${port}`, ...flags]);
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const url = await new Promise((resolve, reject) => {
    ended.then((code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.stdout.on("data", (text) => {
      said += text;
      const found = said.match(/ on (http:\/\/[\d.]+:\d+); data in /);
      if (found) resolve(found[1]);
    });
  });
  return { child, ended, url };
}

export const newFolder = () => mkdtemp(join(tmpdir(), "handrail-e2e-"));

/** Runs a command of the program to its end. */
export function command(...words) {
  return promisify(execFile)(program, words.map(String));
}

/** A server with a folder of its own. */
export async function startServer(...flags) {
  return startServerIn(await newFolder(), ...flags);
}

/** A server that can also be killed and started again on the same port and folder. The folder goes with it. */
export async function startServerIn(folder, ...flags) {
  let running = await run(folder, 0, flags);
  const { url } = running;
  const end = (signal) => {
    running.child.kill(signal);
    return running.ended;
  };
  return {
    url,
    folder,
    kill: () => end("SIGKILL"),
    async restart() {
      running = await run(folder, new URL(url).port, flags);
    },
    async stop() {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
    async get(path) {
      const response = await fetch(url + path);
      assert.equal(response.status, 200, `GET ${path}`);
      return response.json();
    },
  };
}

/**
 * A server that has a name, so that it asks for keys, with a site "shop" for pages of `origin`. `admin` asks it as the
 * site's administrator, whose token is `token`.
 */
export async function startClosedServer(origin) {
  const folder = await newFolder();
  const asker = (url, headers = {}) => async (method, path, body) => {
    const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    assert.equal(response.status, 200, `${method} ${path}: ${await response.clone().text()}`);
    return response.json();
  };
  const open = await run(folder, 0, [], "serve");
  const owner = asker(open.url);
  const { identitySecret } = await owner("POST", "/v1/sites", { id: "shop", origins: [origin] });
  const { text: key } = await owner("POST", "/v1/credentials?site=shop", { role: "page", label: "tag" });
  const { text: token } = await owner("POST", "/v1/credentials?site=shop", { role: "admin", label: "test" });
  open.child.kill("SIGTERM");
  await open.ended;
  const { child, ended, url } = await run(folder, 0, ["--server.hosts", "help.example"], "serve");
  return {
    url,
    key,
    identitySecret,
    token,
    admin: asker(url, { authorization: `Bearer ${token}` }),
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A server of a test's own pages, on a free port of loopback. */
export async function listen(pages) {
  await new Promise((resolve) => pages.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${pages.address().port}`,
    close() {
      pages.closeAllConnections();
      pages.close();
    },
  };
}

export function launchBrowser(...more) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...more,
    ],
  });
}

/**
 * What no page may do: throw, complain in the console, break its content policy, or ask another origin.
 * `ignore` names the console errors that a test provokes.
 */
async function watchForFaults(context, url, ignore) {
  const faults = [];
  await context.exposeBinding("reportViolation", (_, text) => faults.push(text));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.reportViolation(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  context.on("weberror", (error) => faults.push(`uncaught: ${error.error()}`));
  context.on("console", (message) => {
    const text = `${message.text()} ${message.location().url}`;
    if (message.type() === "error" && !ignore?.test(text)) faults.push(`console: ${text}`);
  });
  context.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== url) faults.push(`foreign: ${request.url()}`);
  });
  return faults;
}

/** Runs axe in the page, past its content policy. `root` narrows it down to one element. */
export async function axe(page, root) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axeSource });
  await session.detach();
  return page.evaluate(async (within) => {
    const { violations } = await window.axe.run(within ? { include: [[within]] } : document);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  }, root);
}

const size = { width: 1440, height: 900 };

/** Offers wait until a page is 8 s old. Pages of this context think they are 10 s older, so that a test need not. */
export function ageQuickly(context) {
  return context.addInitScript(() => {
    const now = performance.now.bind(performance);
    performance.now = () => now() + 10_000;
    const { get } = Object.getOwnPropertyDescriptor(Event.prototype, "timeStamp");
    Object.defineProperty(Event.prototype, "timeStamp", { get() { return get.call(this) + 10_000; } });
  });
}

/** A new visitor at the bank, whose pages age quickly unless `young`. */
export async function visit(browser, server, { young = false, ignore, ...options } = {}) {
  const context = await browser.newContext({ viewport: size, ...options });
  const faults = await watchForFaults(context, server.url, ignore);
  if (!young) await ageQuickly(context);
  const page = await openBank(context, server);
  const { anonymousId } = await page.evaluate(() => window.handrail.ids());
  /** A visitor is unknown until the first event is logged. */
  async function read(collection) {
    const response = await fetch(`${server.url}/v1/visitors/${anonymousId}/${collection}?limit=500`);
    assert.ok([200, 404].includes(response.status), collection);
    return response.status === 200 ? response.json() : { items: [], struggle: 0 };
  }
  return {
    context,
    page,
    id: anonymousId,
    faults,
    attributes: () => read("attributes"),
    async list(collection) {
      const { items } = await read(collection);
      return items;
    },
    /** Waits for an offer in this state. */
    intervention(state) {
      return until(
        async () => (await read("interventions")).items.find((one) => one.state === state),
        `an offer that is ${state}`,
      );
    },
    async leave() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}

/** Opens the bank in a new tab, and waits until it watches and is connected. */
export async function openBank(context, server, path = "") {
  const page = await context.newPage();
  const connected = page.waitForResponse((response) => response.url().includes("/watch"));
  await page.goto(`${server.url}/demo/${path}`);
  await connected;
  return page;
}

/** An application that says itself that somebody struggles: the quickest way to an offer. Waits until it is known. */
export async function struggle(page, attemptCount = 3) {
  await page.evaluate((attempts) => {
    window.handrail.track("struggle_signal", { feature: "loan-calculator", attemptCount: attempts });
    return window.handrail.flush();
  }, attemptCount);
}

/** Reaching the goal clears all evidence, so that the next struggle is a new one. */
export async function reachGoal(visitor, page = visitor.page) {
  await page.evaluate(() => {
    window.handrail.goal("loan_application");
    return window.handrail.flush();
  });
  await until(async () => (await visitor.attributes()).struggle === 0, "the struggle to be over");
}

export const popup = (page) => page.locator("handrail-help .panel.offer");
export const chat = (page) => page.locator("handrail-help .panel.chat");

export async function offered(page) {
  await popup(page).waitFor({ state: "visible" });
}

/** Says something in the visitor's chat. */
export async function say(page, text) {
  await chat(page).getByLabel("Your message").fill(text);
  await chat(page).getByRole("button", { name: "Send", exact: true }).click();
}

/** An agent who comes to the desk. */
export async function comeToDesk(browser, server, name = "Maya", { ignore, ...options } = {}) {
  const context = await browser.newContext({ viewport: size, ...options });
  const faults = await watchForFaults(context, server.url, ignore);
  const page = await context.newPage();
  await page.goto(`${server.url}/desk/`);
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Come to the desk" }).click();
  await until(async () => {
    const { agents } = await server.get("/v1/desk/availability");
    return agents.some((one) => one.agent === name && one.available);
  }, `${name} to be available`);
  return {
    context,
    page,
    faults,
    async leave() {
      await context.close();
      assert.deepEqual(faults, []);
    },
  };
}
