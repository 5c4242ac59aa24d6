// SPDX-License-Identifier: Apache-2.0
// Facts reach the log once each, whatever happens to the server or the page.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launchBrowser, offered, startServer, struggle, until, visit } from "./support.mjs";

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
async function assertLoggedOnce(name, ids) {
  const logged = async () => (await visitor.list("events")).filter(({ eventType }) => eventType === name).reverse();
  await until(async () => (await logged()).length >= ids.length, `${ids.length} × ${name} in the log`);
  assert.deepEqual((await logged()).map(({ eventId }) => eventId), ids);
}

function assertNoPreflight(requests) {
  assert.deepEqual(requests.filter((request) => request.startsWith("OPTIONS")), []);
}

function requestsOf({ context }) {
  const requests = [];
  context.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));
  return requests;
}

test("a page outlives the server: nothing is lost or doubled, and the next struggle gets its offer", async () => {
  visitor = await visit(browser, server, { ignore: /ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/ });
  const { page } = visitor;
  const ids = await track(page, "before", 3);
  await assertLoggedOnce("before", ids);
  await server.kill();
  const during = await track(page, "during", 20);
  await page.getByText("reconnecting…").waitFor();
  await server.restart();
  await assertLoggedOnce("during", during);
  await assertLoggedOnce("before", ids);
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
    const requests = requestsOf(visitor);
    const ids = await track(visitor.page, "leaving", 40);
    await leave(visitor.page);
    await assertLoggedOnce("leaving", ids);
    assertNoPreflight(requests);
  });
}
