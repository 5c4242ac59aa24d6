// SPDX-License-Identifier: Apache-2.0
// Facts reach the log once each, whatever happens to the server or the page.
import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { ageQuickly, chat, launchBrowser, offered, popup, say, startServer, struggle, until, visit } from "./support.mjs";

let browser;
let server;
let visitor;

before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => visitor?.leave());

const track = (page, name, count) =>
  page.evaluate(
    ([type, times]) => Array.from({ length: times }, (_, index) => window.handrail.track(type, { index })),
    [name, count],
  );

/** Waits until the log holds these events, then checks that each is there once and in the order in which they happened. */
async function assertLoggedOnce(visitorId, name, ids) {
  const logged = async () => {
    const response = await fetch(`${server.url}/v1/visitors/${visitorId}/events?limit=500`);
    const { items = [] } = await response.json();
    return items.filter(({ eventType }) => eventType === name).reverse();
  };
  await until(async () => (await logged()).length >= ids.length, `${ids.length} × ${name} in the log`);
  assert.deepEqual((await logged()).map(({ eventId }) => eventId), ids);
}

test("a page outlives the server: nothing is lost or doubled, and the next struggle gets its offer", async () => {
  visitor = await visit(browser, server, { ignore: /ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/ });
  const { page } = visitor;
  const ids = await track(page, "before", 3);
  await assertLoggedOnce(visitor.id, "before", ids);
  await server.kill();
  // By then the page tries only twice a minute, until it hears the server.
  const isSlow = page.waitForEvent("console", (message) => message.text().includes("no answer from the server"));
  const during = await track(page, "during", 20);
  await Promise.all([isSlow, page.getByText("reconnecting…").waitFor()]);
  await server.restart();
  await assertLoggedOnce(visitor.id, "during", during);
  await assertLoggedOnce(visitor.id, "before", ids);
  const eventIds = (await visitor.list("events")).map(({ eventId }) => eventId).filter(Boolean);
  assert.equal(new Set(eventIds).size, eventIds.length);
  await page.getByText(/live · \d+ so far/).waitFor();
  await struggle(page);
  await offered(page);
  await visitor.intervention("displayed");
});

test("an offer that was on the page when the server died can still be answered", async () => {
  visitor = await visit(browser, server, { ignore: /ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/ });
  const { page } = visitor;
  await struggle(page);
  await offered(page);
  await visitor.intervention("displayed");
  await server.kill();
  await page.locator("handrail-help").getByRole("button", { name: "Maybe later" }).click();
  await server.restart();
  await visitor.intervention("snoozed");
});

for (const [how, leave] of [
  ["closed", (page) => page.close({ runBeforeUnload: true })],
  ["left for another", (page) => page.goto("about:blank")],
  ["reloaded", (page) => page.reload()],
]) {
  test(`a page that is ${how} in mid-batch loses nothing`, async () => {
    visitor = await visit(browser, server);
    const ids = await track(visitor.page, "leaving", 40);
    await leave(visitor.page);
    await assertLoggedOnce(visitor.id, "leaving", ids);
  });
}

function listen(listener) {
  return new Promise((resolve) => listener.listen(0, "127.0.0.1", () => resolve(listener.address().port)));
}

/** A way to the server that tells which requests took it. */
async function startProxy() {
  const lines = [];
  const proxy = createServer((client) => {
    const upstream = connect(Number(new URL(server.url).port), "127.0.0.1");
    client.on("data", (bytes) => {
      const [line] = bytes.toString("latin1").split(" HTTP/1.1", 1);
      if (/^[A-Z]+ \//.test(line)) lines.push(line);
    });
    client.pipe(upstream).pipe(client);
    for (const [socket, other] of [[client, upstream], [upstream, client]]) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroy());
    }
  });
  const port = await listen(proxy);
  return { url: `http://127.0.0.1:${port}`, lines, close: () => proxy.close() };
}

test("a site of another origin embeds it whole without a single preflight, and loses nothing when it closes", async () => {
  const proxy = await startProxy();
  const site = createHttpServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/html" });
    response.end(`<!doctype html><title>Shop</title><script async src="${proxy.url}/sdk.js"></script><h1>Shop</h1>`);
  });
  const sitePort = await listen(site);
  const context = await browser.newContext();
  await ageQuickly(context);
  const page = await context.newPage();
  await page.goto(`http://localhost:${sitePort}/`);
  await page.waitForFunction(() => window.handrail?.ids);
  const { anonymousId } = await page.evaluate(() => window.handrail.ids());
  await struggle(page);
  await offered(page);
  await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
  await say(page, "hello from the shop");
  await chat(page).getByText("Sent").waitFor();
  const ids = await track(page, "leaving", 40);
  await page.close({ runBeforeUnload: true });
  await assertLoggedOnce(anonymousId, "leaving", ids);
  await context.close();
  site.close();
  proxy.close();
  assert.ok(proxy.lines.includes("POST /h/e"), "the proxy has seen it");
  assert.ok(proxy.lines.some((line) => /^POST \/v1\/interventions\/\w+\/accepted$/.test(line)));
  assert.deepEqual(proxy.lines.filter((line) => line.startsWith("OPTIONS")), []);
});
