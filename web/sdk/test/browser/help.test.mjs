// SPDX-License-Identifier: MIT
// The offer and the chat in a real browser: when they appear, how they are used, and who can use them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch, until } from "../emulate/browser.mjs";
import { startServer } from "../emulate/server.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = process.env.SCREENSHOTS;

let browser;
let server;
let context;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function open(options = {}) {
  context = await browser.newContext({ bypassCSP: false, ...options });
  page = await context.newPage();
  await openPage(page);
}

/** Opens the page as if it were old enough for an offer. */
async function openPage(which) {
  await which.addInitScript(() => {
    const real = performance.now.bind(performance);
    performance.now = () => real() + 10_000;
  });
  const before = server.streams.size;
  await which.goto(`${server.url}/index.html`);
  await which.waitForFunction(() => window.handrail?.ids);
  await until(() => server.streams.size > 0 || before > 0);
}

beforeEach(async () => {
  server = await startServer();
});
// Everything is closed whatever the page says: what stays open keeps the process from ending.
afterEach(async () => {
  const faults = await page
    .evaluate(() => [...(window.violations ?? []), ...(window.uncaught ?? [])])
    .catch((error) => [String(error)]);
  await context.close();
  await server.stop();
  assert.deepEqual(faults, []);
});

const panel = () => page.locator("handrail-help .panel");
const answersOf = (name) => server.answers.filter(({ path }) => path.endsWith(`/${name}`));

async function offer(over) {
  server.offer(over);
  await panel().waitFor({ state: "visible", timeout: 4_000 });
}

async function picture(name) {
  if (screenshots) await page.screenshot({ path: `${screenshots}/${name}.png` });
}

/** axe is a script of the test, so it comes in past the page's policy. */
async function violations() {
  const session = await context.newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axeSource });
  const found = await page.evaluate(async () => {
    const results = await window.axe.run({ include: [["handrail-help"]] });
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
  });
  return found;
}

test("an offer appears without taking the focus and says so to the server", async () => {
  await open();
  await page.locator("[name=secret]").focus();
  await offer();
  await picture("offer");
  assert.equal(await page.evaluate(() => document.activeElement.name), "secret");
  await until(() => answersOf("displayed").length === 1);
  const { body } = answersOf("displayed")[0];
  assert.equal(typeof body.waitedMs, "number");
  assert.match(body.anonymousId, /^[0-9a-f-]{36}$/);
  await until(() => page.locator("handrail-help [role=status]").textContent());
  assert.deepEqual(await violations(), []);
});

test("an offer waits for a pause in typing", async () => {
  await open();
  await page.locator("[name=secret]").pressSequentially("ab");
  const typed = Date.now();
  await offer();
  assert.ok(Date.now() - typed > 1_350, `after ${Date.now() - typed} ms`);
});

test("a dialog of the page holds an offer back, and a retraction ends it", async () => {
  await open();
  await page.evaluate(() => {
    const dialog = document.createElement("dialog");
    document.body.append(dialog);
    dialog.show();
  });
  server.offer();
  await page.waitForTimeout(500);
  server.push("retracted", { interventionId: "i1" });
  await page.waitForTimeout(100);
  await page.evaluate(() => document.querySelector("dialog").close());
  await page.waitForTimeout(500);
  assert.equal(await page.locator("handrail-help").count(), 0);
  assert.equal(server.answers.length, 0);
});

for (const [name, act, expected] of [
  ["Escape", () => page.keyboard.press("Escape"), ["dismissed", undefined]],
  ["the cross", () => page.getByRole("button", { name: "Close" }).click(), ["dismissed", undefined]],
  ["Maybe later", () => page.getByRole("button", { name: "Maybe later" }).click(), ["snoozed", undefined]],
  [
    "Don't show again",
    () => page.getByRole("button", { name: "Don't show again" }).click(),
    ["dismissed", true],
  ],
]) {
  test(`${name} closes the offer and tells the server`, async () => {
    await open();
    await offer();
    await act();
    await panel().waitFor({ state: "hidden" });
    await until(() => answersOf(expected[0]).length === 1);
    assert.equal(answersOf(expected[0])[0].body.forever, expected[1]);
  });
}

test("the keyboard reaches the offer, Escape closes it and the focus returns", async () => {
  await open();
  await page.evaluate(() => document.getElementById("fails").focus());
  await offer();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "handrail-help");
  await page.keyboard.press("Escape");
  await panel().waitFor({ state: "hidden" });
  assert.notEqual(await page.evaluate(() => document.activeElement.localName), "body");
});

test("accepting opens a chat in which both sides are heard, each once and in order", async () => {
  await open();
  await offer();
  await page.getByRole("button", { name: "Start Live Chat" }).click();
  const box = page.getByRole("textbox", { name: "Your message" });
  await until(() => box.evaluate((element) => element.getRootNode().activeElement === element));
  await page.keyboard.type("Hello, <b>my</b> term is refused");
  await page.keyboard.press("Enter");
  await until(() => server.messages.some(({ text }) => text.startsWith("Hello")));
  assert.equal(answersOf("accepted").length, 1);
  server.say("agent", "Hi, see https://example.org/terms. I am here.", { name: "Maya" });
  server.push("chat", server.messages.at(-1));
  await page.locator("handrail-help .agent").waitFor();
  assert.equal(await page.locator("handrail-help .visitor").count(), 1);
  assert.equal(await page.locator("handrail-help .agent").count(), 1);
  assert.equal(
    await page.locator("handrail-help .visitor .text").textContent(),
    "Hello, <b>my</b> term is refused",
  );
  assert.equal(
    await page.locator("handrail-help .agent a").getAttribute("href"),
    "https://example.org/terms",
  );
  await until(async () => (await page.locator("handrail-help .state").textContent()) === "Sent");
  await picture("chat");
  assert.deepEqual(await violations(), []);

  await page.keyboard.press("Escape");
  await panel().waitFor({ state: "hidden" });
  server.say("agent", "Are you still there?", { name: "Maya" });
  const launcher = page.getByRole("button", { name: "New message" });
  await launcher.waitFor();
  await picture("launcher");
  assert.deepEqual(await violations(), []);
  await launcher.click();
  assert.equal(await page.locator("handrail-help .agent").count(), 2);

  await page.reload();
  await page.locator("handrail-help .agent").first().waitFor();
  assert.equal(await page.locator("handrail-help .visitor").count(), 1);
  assert.equal(await page.locator("handrail-help .agent").count(), 2);

  server.say("system", "", { event: "unanswered" });
  await page.getByText("Nobody has answered yet.").waitFor();
  server.say("system", "", { event: "closed" });
  await page.getByText("This conversation has ended.").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Your message" }).count(), 0);
});

test("an offer shown in one tab is not shown in another, on one connection", async () => {
  await open();
  const other = await context.newPage();
  await openPage(other);
  await page.bringToFront();
  assert.equal(server.streams.size, 1);
  await until(() => page.evaluate(() => !!navigator.locks));
  await page.waitForTimeout(200);
  server.offer();
  await until(() => answersOf("displayed").length === 1);
  await page.waitForTimeout(600);
  const shown = await Promise.all([page, other].map((tab) => tab.locator("handrail-help .panel").count()));
  assert.deepEqual(shown.sort(), [0, 1]);
  assert.equal(answersOf("displayed").length, 1);
});

test("when the leading tab closes, another takes over and hears the next offer", async () => {
  await open();
  const first = page;
  page = await context.newPage();
  await openPage(page);
  const [cut] = server.streams;
  await first.close();
  await until(() => !server.streams.has(cut) && server.streams.size === 1);
  await offer();
});

test("the stream comes back after the server cut it", async () => {
  await open();
  for (const stream of server.streams) stream.destroy();
  await until(() => server.streams.size === 0);
  await until(() => server.streams.size === 1, 7_000);
  await offer();
});

test("the offer moves away from the element in focus", async () => {
  await open({ viewport: { width: 800, height: 500 } });
  await page.evaluate(() => {
    const field = document.createElement("input");
    field.setAttribute("aria-label", "In the corner");
    field.id = "corner";
    document.body.append(field);
    Object.assign(field.style, { position: "fixed", right: "40px", bottom: "40px" });
    field.focus();
  });
  await offer();
  const [help, field] = await Promise.all([panel().boundingBox(), page.locator("#corner").boundingBox()]);
  const isApart = help.x + help.width <= field.x || help.y + help.height <= field.y;
  assert.ok(isApart, JSON.stringify({ help, field }));
});

for (const [name, options] of [
  ["dark", { colorScheme: "dark" }],
  ["mobile", { viewport: { width: 360, height: 640 } }],
  ["forced-colors", { forcedColors: "active" }],
]) {
  test(`the offer and the chat pass axe: ${name}`, async () => {
    await open(options);
    await offer();
    await page.waitForTimeout(250);
    await picture(`offer-${name}`);
    assert.deepEqual(await violations(), []);
    await page.getByRole("button", { name: "Start Live Chat" }).click();
    await page.getByRole("textbox", { name: "Your message" }).fill("Hello");
    await page.keyboard.press("Enter");
    server.say("agent", "Hi there", { name: "Maya" });
    await page.locator("handrail-help .agent").waitFor();
    await page.waitForTimeout(100);
    await picture(`chat-${name}`);
    assert.deepEqual(await violations(), []);
  });
}

test("nothing moves for those who asked for less motion", async () => {
  await open({ reducedMotion: "reduce" });
  await offer();
  const animations = () => document.querySelector("handrail-help").shadowRoot.getAnimations().length;
  assert.equal(await page.evaluate(animations), 0);
});
