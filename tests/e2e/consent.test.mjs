// SPDX-License-Identifier: Apache-2.0
// What a visitor agreed to: nothing leaves or is stored before, what waited is released after, a refusal ends it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { ageQuickly, launchBrowser, listen, offered, popup, sleep, startServer, struggle, until } from "./support.mjs";

let browser;
let site;
let server;
let context;

/** A site of many pages; the query says how the script is embedded. */
function serveSite() {
  const pages = createServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://site");
    const attributes = [...searchParams].map(([name, value]) => `data-${name}="${value}"`).join(" ");
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>shop</title><script async src="${server?.url}/sdk.js" ${attributes}></script>
      <form onsubmit="return false"><input name="amount" required><input name="mail" type="email"><button>Go</button></form>`);
  });
  return listen(pages);
}

before(async () => {
  [browser, site, server] = await Promise.all([launchBrowser(), serveSite(), startServer()]);
});
after(async () => {
  site?.close();
  await browser?.close();
  await server?.stop();
});
afterEach(() => context?.close());

const read = async (path) => {
  const response = await fetch(server.url + path);
  return response.status === 404 ? undefined : response.json();
};

/** A page of the site, and what it asked of the server. */
async function open(attributes, headers = {}) {
  if (!context?.pages().length) {
    context = await browser.newContext({ extraHTTPHeaders: headers });
    await ageQuickly(context);
  }
  const page = await context.newPage();
  const asked = [];
  page.on("request", (request) => request.url().startsWith(server.url) && asked.push(new URL(request.url()).pathname));
  await page.goto(`${site.origin}/?${attributes}`);
  await page.waitForFunction(() => window.handrail?.ids);
  const stored = () => page.evaluate(() => Object.keys(localStorage).concat(Object.keys(sessionStorage)).sort());
  const choose = (choice) =>
    page.evaluate((wanted) => {
      window.handrail.consent.set(wanted);
      return window.handrail.flush();
    }, choice);
  const { anonymousId } = await page.evaluate(() => window.handrail.ids());
  const list = async (collection) => (await read(`/v1/visitors/${anonymousId}/${collection}?limit=500`))?.items ?? [];
  const attribute = async (name) => (await read(`/v1/visitors/${anonymousId}/attributes`))?.[name];
  return { page, asked, stored, choose, anonymousId, list, attribute };
}

async function useThePage(page) {
  await page.locator("[name=amount]").fill("48613");
  await page.getByRole("button", { name: "Go" }).click();
  for (let i = 0; i < 60; i++) await page.evaluate((n) => window.handrail.track("word", { n }), i);
}

const types = (events) => events.map((event) => event.eventType);

test("before a choice nothing leaves the page and nothing is stored", async () => {
  const { page, asked, stored } = await open("consent=ask");
  await useThePage(page);
  await sleep(2_500);
  await page.reload();
  await page.waitForFunction(() => window.handrail?.ids);
  assert.deepEqual([...new Set(asked)], ["/sdk.js"]);
  assert.deepEqual(await stored(), []);
  assert.deepEqual(await context.cookies(), []);
  assert.equal(await page.evaluate(() => window.handrail.consent.get()), undefined);
});

test("agreeing releases what waited, within its limit, and the next page need not ask", async () => {
  const { page, stored, choose, list, attribute } = await open("consent=ask");
  await useThePage(page);
  await choose(true);
  await until(async () => types(await list("events")).includes("consent"), "the choice at the server");
  const events = await list("events");
  const waited = events.filter(({ eventType }) => eventType === "word");
  assert.ok(waited.length >= 40 && waited.length <= 50, `${waited.length} of 60 waited`);
  assert.deepEqual(await attribute("consent"), { analytics: "granted", assistance: "granted", training: "granted", ai: "granted", gpc: false, mayTrain: true });
  assert.deepEqual(await stored(), ["handrail.consent", "handrail.id", "handrail.session"]);
  const next = await open("consent=ask");
  await until(async () => types(await next.list("events")).includes("page"), "the next page");
});

test("refusing wipes what waited", async () => {
  const { page, asked, stored, choose } = await open("consent=ask");
  await useThePage(page);
  await choose(false);
  await useThePage(page);
  await page.goto(`${site.origin}/?consent=ask`);
  await page.waitForFunction(() => window.handrail?.ids);
  await useThePage(page);
  await sleep(1_500);
  assert.deepEqual([...new Set(asked)], ["/sdk.js"]);
  assert.deepEqual(await stored(), ["handrail.consent"]);
});

test("a withdrawal is told once, takes the offer back, and ends everything else", async () => {
  const { page, asked, stored, choose, anonymousId, list, attribute } = await open("");
  await struggle(page);
  await offered(page);
  await choose(false);
  await popup(page).waitFor({ state: "detached" });
  await until(async () => (await attribute("consent")).analytics === "refused", "the withdrawal at the server");
  const before = (await list("events")).length;
  asked.length = 0;
  await useThePage(page);
  await sleep(1_500);
  assert.deepEqual(asked, []);
  assert.deepEqual(await stored(), ["handrail.consent"]);
  assert.equal((await list("events")).length, before);
  const answer = await fetch(`${server.url}/h/e`, {
    method: "POST",
    body: JSON.stringify({ v: 1, anonymousId, tabId: "forged", events: [{ seq: 1, eventType: "struggle_signal", timestamp: Date.now(), eventData: { feature: "x", attemptCount: 5 } }] }),
  });
  assert.equal(answer.status, 200);
  assert.equal(await attribute("struggle"), 0, "what a withdrawn visitor does is not looked at");
});

test("help alone can be refused: no offer, and no connection for one", async () => {
  const { page, asked, choose, list } = await open("consent=ask");
  await choose({ analytics: true, training: true });
  await struggle(page);
  const [decision] = await until(async () => {
    const decisions = await list("decisions");
    return decisions.length > 0 && decisions;
  }, "a decision");
  const gate = decision.gates.find((one) => one.gate === "consent");
  assert.deepEqual([decision.outcome, gate.verdict], ["none", "reject"]);
  assert.ok(!asked.includes("/v1/stream"), asked.join());
  await choose({ assistance: true });
  await until(() => asked.includes("/v1/stream"), "the stream, once help is wanted");
});

test("without storage a visitor is another on each page", async () => {
  const first = await open("storage=none");
  await struggle(first.page);
  assert.deepEqual(await first.stored(), []);
  const second = await open("storage=none");
  assert.notEqual(first.anonymousId, second.anonymousId);
  assert.deepEqual(await context.cookies(), []);
});

test("a browser that says Global Privacy Control trains no model, unless its visitor says otherwise", async () => {
  const { page, choose, attribute } = await open("", { "Sec-GPC": "1" });
  await struggle(page);
  await until(async () => (await attribute("consent"))?.gpc, "the browser's word");
  assert.equal((await attribute("consent")).mayTrain, false);
  await offered(page);
  await choose({ analytics: true, assistance: true, training: true });
  await until(async () => (await attribute("consent")).mayTrain, "the visitor's own word");
});
