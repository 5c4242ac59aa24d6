// SPDX-License-Identifier: MIT
// What a real browser makes of clicks, fields and submits, under a strict content security policy.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { launch, until } from "../emulate/browser.mjs";
import { startServer } from "../emulate/server.mjs";

let browser;
let server;
let context;
let page;

before(async () => {
  browser = await launch();
});
after(() => browser.close());

async function open(path = "/index.html") {
  await page.goto(server.url + path);
  await page.waitForFunction(() => window.handrail?.ids);
  // The parts are there when the last of them has been asked for and had a moment to start.
  await until(() => server.requests.some((request) => request.path === "/sdk/forms.js"));
  await page.waitForTimeout(60);
}

beforeEach(async () => {
  server = await startServer();
  context = await browser.newContext();
  page = await context.newPage();
});
// Everything is closed whatever the page says: what stays open keeps the process from ending.
afterEach(async () => {
  const violations = await page.evaluate(() => window.violations ?? []).catch((error) => [String(error)]);
  await context.close();
  await server.stop();
  assert.deepEqual(violations, []);
});

const clicks = () => server.ofType("click").map((event) => event.eventData);
const outcomesOf = (click) =>
  server.ofType("click_outcome").filter((event) => event.eventData.click === click);

async function clickTimes(selector, times, delay = 90) {
  for (let i = 0; i < times; i++) {
    await page.locator(selector).click({ force: true });
    await page.waitForTimeout(delay);
  }
}

test("three fast clicks on a dead button arrive within 350 ms, each without a reaction", async () => {
  await open();
  await clickTimes("#dead", 3, 60);
  const third = Date.now();
  await until(() => clicks().length === 3);
  const last = server.ofType("click")[2];
  assert.ok(last.receivedAt - third < 350, `took ${last.receivedAt - third} ms`);
  for (const click of clicks()) {
    assert.equal(click.outcome.kind, "none");
    assert.equal(click.key, "button:dead");
    assert.equal(click.interactive, true);
    assert.equal(click.hint, "none");
  }
  await until(() => outcomesOf(1).some(({ eventData }) => eventData.afterMs === 2500), 4_000);
  assert.deepEqual(
    outcomesOf(1).map(({ eventData }) => [eventData.afterMs, eventData.kind]),
    [
      [600, "none"],
      [2500, "none"],
    ],
  );
});

test("fast clicks on a dead element that looks clickable select nothing and react in no way", async () => {
  await open();
  await clickTimes("#dead-div", 4, 40);
  await until(() => clicks().length === 4);
  assert.deepEqual(new Set(clicks().map((click) => click.outcome.kind)), new Set(["none"]));
});

test("leaving an edited field by a press on a dead button is no reaction of the page", async () => {
  await open();
  await page.locator("[name=secret]").pressSequentially("x");
  await clickTimes("#dead", 1);
  await until(() => clicks().length === 1);
  assert.equal(clicks()[0].outcome.kind, "none");
});

test("ten clicks on a stepper are answered by the page and marked as stepping", async () => {
  await open();
  await clickTimes("#plus", 10, 40);
  await until(() => clicks().length === 10);
  for (const click of clicks()) {
    assert.equal(click.outcome.kind, "mutation");
    assert.equal(click.hint, "stepper");
  }
  await page.waitForTimeout(700);
  assert.equal(server.ofType("click_outcome").length, 0);
});

test("a change inside an open shadow root is a reaction", async () => {
  await open();
  await page.locator("#inner").click();
  await until(() => clicks().length === 1);
  assert.equal(clicks()[0].outcome.kind, "mutation");
  assert.equal(clicks()[0].key, "button:inner");
});

test("opt-outs, a disabled control and a link say what they are", async () => {
  await open();
  await page.locator("#quiet").click();
  await page.locator("#off").click({ force: true });
  await until(() => clicks().length === 2);
  assert.deepEqual(clicks()[0].ignore, ["rage"]);
  assert.equal(clicks()[1].disabled, true);
  await page.locator("#away").click();
  await until(() => clicks().length === 3);
  // The page may be gone before the click's outcome is known; what it must not be is unanswered.
  assert.ok(["nav", undefined].includes(clicks()[2].outcome?.kind));
});

test("a triple click that selects text is marked as such", async () => {
  await open();
  await page.locator("#prose").click({ clickCount: 3 });
  await until(() => clicks().length === 3);
  // A click that was answered at once may arrive before one that still waits for its outcome.
  const third = clicks().find(({ click }) => click === 3);
  assert.equal(third.hint, "text_selection");
  assert.equal(third.outcome.kind, "selection");
});

test("a script error after a click is told with its outcome", async () => {
  await open();
  await page.locator("#fails").click();
  await until(() => clicks().length === 1);
  assert.equal(clicks()[0].outcome.error, true);
});

test("a press on submit that the form refuses natively is an invalid submit, with its field first", async () => {
  await open();
  await page.locator("#apply").click();
  const [submit] = await until(() => server.ofType("submit").length && server.ofType("submit"));
  assert.deepEqual([submit.eventData.form, submit.eventData.result], ["form:loan", "invalid"]);
  const [validation] = server.ofType("validation");
  assert.equal(validation.eventData.key, "input:term");
  assert.deepEqual([validation.eventData.when, validation.eventData.rule], ["submit", "valueMissing"]);
  assert.ok(validation.seq < submit.seq);
});

for (const [status, result] of [
  [200, "ok"],
  [422, "failed"],
]) {
  test(`a submit whose request answers ${status} is ${result}`, async () => {
    await open(`/index.html?status=${status}`);
    await page.locator("[name=term]").fill("24");
    await page.locator("#apply").click();
    await until(() => server.ofType("submit").length);
    const { eventData } = server.ofType("submit")[0];
    assert.deepEqual([eventData.result, eventData.status], [result, status]);
  });
}

test("a form that validates by itself is invalid each time, though its mark does not change", async () => {
  await open();
  for (let tries = 1; tries <= 2; tries++) {
    await page.locator("#send").click();
    await until(() => server.ofType("submit").length === tries);
    await page.waitForTimeout(400);
  }
  assert.deepEqual(
    server.ofType("submit").map(({ eventData }) => eventData.result),
    ["invalid", "invalid"],
  );
  assert.deepEqual(
    server.ofType("validation").map(({ eventData }) => [eventData.key, eventData.source, eventData.when]),
    [
      ["input:email", "aria", "submit"],
      ["input:email", "aria", "submit"],
    ],
  );
});

test("a result that the application reports is not reported twice", async () => {
  await open();
  await page.locator("[name=term]").fill("24");
  await page.evaluate(() => {
    document
      .getElementById("loan")
      .addEventListener("submit", () => handrail.submit("loan", "failed", { status: 409 }));
  });
  await page.locator("#apply").click();
  await page.waitForTimeout(700);
  assert.deepEqual(
    server.ofType("submit").map(({ eventData }) => [eventData.form, eventData.result]),
    [["form:loan", "failed"]],
  );
});

test("fields are counted and never read", async () => {
  await open();
  await page.locator("[name=secret]").pressSequentially("hunter2");
  await page.locator("[name=secret]").press("Backspace");
  await page.locator("[name=term]").fill("2");
  await page.locator("[name=secret]").focus();
  await until(() => server.ofType("validation").length);
  const blur = server.ofType("field").find(({ eventData }) => eventData.phase === "blur").eventData;
  assert.deepEqual([blur.key, blur.keys, blur.deletes, blur.changed], ["input:secret", 8, 1, true]);
  assert.equal(server.ofType("validation")[0].eventData.when, "blur");
  await page.evaluate(() => handrail.flush());
  assert.ok(!JSON.stringify(server.events).includes("hunter"));
});

test("what is queued when the page goes arrives once, without a preflight", async () => {
  await open();
  await page.evaluate(() => {
    for (let i = 0; i < 40; i++) handrail.track("app:filler", { text: "x".repeat(900), i });
  });
  await page.goto("about:blank");
  await until(() => server.ofType("app:filler").length === 40);
  assert.ok(!server.requests.some((request) => request.method === "OPTIONS"));
  await page.goto(`${server.url}/index.html`);
});

test("a busy server is asked again and the facts arrive once, in order", async () => {
  server.refusals.push({ status: 503 }, { status: 429, headers: { "retry-after": "1" } }, { status: 413 });
  await open();
  const ids = await page.evaluate(() =>
    [1, 2, 3].map((n) => handrail.track("app:n", { n }, { urgent: true })),
  );
  await until(() => server.ofType("app:n").length === 3, 8_000);
  assert.deepEqual(
    server.ofType("app:n").map((event) => `${event.tabId}:${event.seq}`),
    ids,
  );
});

test("410 ends the SDK for this page and gives history its methods back", async () => {
  await page.addInitScript(() => {
    window.original = { push: history.pushState, fetch: window.fetch };
  });
  await open();
  server.refusals.push({ status: 410 });
  await page.evaluate(() => handrail.track("app:last", {}, { urgent: true }));
  await until(() => page.evaluate(() => window.original.push === history.pushState));
  assert.ok(await page.evaluate(() => window.original.fetch === window.fetch));
  assert.equal(await page.evaluate(() => handrail.track("app:more")), "");
});

test("single-page navigation gives one page view for each path", async () => {
  await open();
  await page.evaluate(() => {
    history.pushState({}, "", "/loans");
    history.replaceState({}, "", "/loans?a=1");
    history.pushState({}, "", "/savings");
    history.back();
  });
  await until(() => server.ofType("page").length === 4);
  assert.deepEqual(
    server.ofType("page").map(({ eventData }) => [eventData.path, eventData.navigation]),
    [
      ["/index.html", "load"],
      ["/loans", "push"],
      ["/savings", "push"],
      ["/loans", "pop"],
    ],
  );
});

test("a host page with broken storage and network goes on without an error of ours", async () => {
  await page.addInitScript(() => {
    const broken = () => {
      throw new Error("broken");
    };
    Object.defineProperty(window, "localStorage", { get: broken });
    Object.defineProperty(window, "sessionStorage", { get: broken });
    window.fetch = broken;
  });
  await page.goto(`${server.url}/index.html`);
  await page.waitForFunction(() => window.handrail?.ids);
  await page.locator("#works").click();
  await page.waitForTimeout(300);
  assert.deepEqual(await page.evaluate(() => window.uncaught), []);
  assert.match(await page.evaluate(() => handrail.ids().anonymousId), /^[0-9a-f-]{36}$/);
});
