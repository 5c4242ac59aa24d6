// SPDX-License-Identifier: Apache-2.0
// A page of another origin, with a key, at a server that demands one.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { ageQuickly, axe, launchBrowser, listen, offered, startClosedServer, struggle, until } from "./support.mjs";

let browser;
let shop;
let stranger;
let server;
let context;

/** A site of one page, which embeds the script. */
function serveSite() {
  const site = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>shop</title><script async src="${server?.url}/sdk.js" data-key="${server?.key}"></script><h1>Shop</h1>`);
  });
  return listen(site);
}

before(async () => {
  [browser, shop, stranger] = await Promise.all([launchBrowser(), serveSite(), serveSite()]);
  server = await startClosedServer(shop.origin);
});
after(async () => {
  shop?.close();
  stranger?.close();
  await browser?.close();
  await server?.stop();
});
afterEach(() => context?.close());

/** A new visitor of the site, with what the script asked of the server and what the console heard. */
async function visit({ origin }) {
  context = await browser.newContext();
  await ageQuickly(context);
  const asked = [];
  const heard = [];
  context.on("response", (response) => response.url().startsWith(server.url) && asked.push(`${response.status()} ${new URL(response.url()).pathname}`));
  context.on("console", (message) => heard.push(message.text()));
  const page = await context.newPage();
  await page.goto(origin);
  await page.waitForFunction(() => window.handrail?.ids);
  const { anonymousId } = await page.evaluate(() => window.handrail.ids());
  const read = (collection) => server.admin("GET", `/v1/visitors/${anonymousId}/${collection}`);
  const intervention = (state) => until(async () => (await read("interventions")).items.find((one) => one.state === state), `an offer that is ${state}`);
  return { page, asked, heard, anonymousId, intervention };
}

const dismiss = (page) => popup(page).getByRole("button", { name: "Close" }).first().click();

test("a visitor who struggles gets help, and what is answered counts", async () => {
  const { page, asked, intervention } = await visit(shop);
  await until(() => asked.includes("200 /v1/stream"), "the stream");
  await struggle(page);
  await offered(page);
  await intervention("displayed");
  await page.keyboard.press("Escape");
  await intervention("dismissed");
  assert.equal(asked.filter((one) => one === "200 /v1/sessions").length, 1, asked.join());
  assert.deepEqual(asked.filter((one) => !one.startsWith("200")), []);
});

test("a token that ended is followed by another, without the visitor noticing", async () => {
  const { page, asked, intervention } = await visit(shop);
  await until(() => asked.includes("200 /v1/stream"), "the stream");
  await struggle(page);
  await offered(page);
  await intervention("displayed");
  for (let i = 0; i < 4; i++) await server.admin("POST", "/v1/sites/shop/secrets", { which: "token" });
  await page.keyboard.press("Escape");
  await intervention("dismissed");
  await until(() => asked.some((one) => /^200 .*\/dismissed$/.test(one)), "the page to hear of it");
  assert.ok(asked.some((one) => one.startsWith("401 /v1/interventions/")), asked.join());
  assert.equal(asked.filter((one) => one === "200 /v1/sessions").length, 2, asked.join());
});

test("a page of another origin is refused, and its console says why", async () => {
  const { page, asked, heard } = await visit(stranger);
  await page.evaluate(() => window.handrail.track("word") && window.handrail.flush());
  await until(() => asked.includes("403 /v1/sessions"), "a refused session");
  await until(() => heard.some((text) => text.includes("data-key and the site's origins")), "the hint");
  assert.deepEqual(asked.filter((one) => /^200 \/(h|v1)\//.test(one)), []);
});

test("a stopped site's pages stop asking", async () => {
  const { page, asked } = await visit(shop);
  await until(() => asked.includes("200 /v1/stream"), "the stream");
  await server.admin("PUT", "/v1/sites/shop", { stopped: true });
  try {
    await page.evaluate(() => window.handrail.track("word") && window.handrail.flush());
    await until(() => asked.includes("410 /h/e"), "410");
    const before = asked.length;
    await page.evaluate(() => window.handrail.track("word") && window.handrail.flush());
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1500)));
    assert.deepEqual(asked.slice(before).filter((one) => !one.startsWith("410")), []);
    assert.equal(await page.evaluate(() => window.handrail.track("word")), "");
  } finally {
    await server.admin("PUT", "/v1/sites/shop", { stopped: false });
  }
});

test("an agent signs in at the desk with a token, and is asked again when it ends", async () => {
  const { text, id } = await server.admin("POST", "/v1/credentials", { role: "agent", label: "Noor" });
  context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/desk/`);
  await page.getByLabel("Your token").fill(`hr_agent_0123456789abcdef_${"0".repeat(48)}`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("the credential is not known, or no longer valid").waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByLabel("Your token").fill(text);
  await page.getByRole("button", { name: "Sign in" }).click();
  assert.equal(await page.getByLabel("Your name").inputValue(), "Noor");
  await page.getByRole("button", { name: "Come to the desk" }).click();
  await until(async () => (await server.admin("GET", "/v1/desk/availability")).agents.some((one) => one.agent === "Noor" && one.available), "Noor to be available");
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/desk-signed-in.png` });
  await server.admin("DELETE", `/v1/credentials/${id}`);
  await page.reload();
  await page.getByLabel("Your token").waitFor();
});
