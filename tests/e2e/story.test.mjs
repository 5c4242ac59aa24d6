// SPDX-License-Identifier: Apache-2.0
// From struggle to help on the open page, by what a visitor really does at the bank.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launchBrowser, offered, popup, reachGoal, sleep, startServer, struggle, until, visit } from "./support.mjs";

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

const panelText = () => visitor.page.getByLabel("Live readings").innerText();
const signalsNamed = async (name) => (await visitor.list("signals")).filter(({ signal }) => signal === name);

test("a visitor who twice applies with an impossible term is offered a chat, and told in the panel why", async () => {
  visitor = await visit(browser, server, { young: true });
  const { page } = visitor;
  await page.getByLabel("Term").fill("0");
  await page.getByRole("button", { name: "Apply for this loan" }).click();
  await page.getByText("Choose a term between 6 and 120 months.").waitFor();
  await sleep(1_000); // Two submits at once would be a double click.
  await page.getByRole("button", { name: "Apply for this loan" }).click();

  await until(async () => (await visitor.attributes()).struggle >= 75, "struggle of 75");
  const shown = page.locator(".struggle-number");
  await until(async () => Number(await shown.innerText()) >= 70, "the panel to show the struggle");
  assert.equal(await popup(page).count(), 0, "the page is too young");

  await offered(page);
  assert.ok((await page.evaluate(() => performance.now())) >= 8_000);
  const words = await popup(page).innerText();
  for (const wanted of [
    "Need help?",
    "Is the form being difficult? We can go through it with you.",
    "Start Live Chat",
    "Maybe later",
    "Don't show again",
  ]) {
    assert.ok(words.includes(wanted), `${wanted} in ${words}`);
  }

  const { waitedMs, decisionId } = await visitor.intervention("displayed");
  assert.ok(waitedMs > 0);
  const decision = await server.get(`/v1/decisions/${decisionId}`);
  assert.equal(decision.outcome, "offer");
  assert.ok(decision.risk >= 75 && decision.struggle >= 40);
  await page.getByRole("button", { name: `All ${decision.gates.length} rules` }).click();
  const panel = await panelText();
  assert.match(panel, /offer a live chat/);
  assert.match(panel, /shown after a wait of/);
  for (const { detail } of decision.gates) assert.ok(panel.includes(detail), `${detail} in ${panel}`);
  for (const { words: reason } of decision.contributions) assert.ok(panel.includes(reason), `${reason} in ${panel}`);
});

test("rage on the dead button is confirmed, and repeated rage 12 s later brings an offer", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  const rage = async () => {
    const { x, y, width, height } = await page.locator("#download-schedule").boundingBox();
    for (let click = 0; click < 4; click++) {
      await page.mouse.click(x + width / 2, y + height / 2);
      await sleep(120);
    }
  };
  await rage();
  await until(async () => (await signalsNamed("rage_click")).some(({ state }) => state === "confirmed"), "confirmed rage");
  assert.deepEqual(await visitor.list("decisions"), []);
  await sleep(12_000);
  await rage();
  await until(async () => (await signalsNamed("rage_click")).some(({ grade }) => grade === "repeated"), "repeated rage");
  await offered(page);
  const [decision] = await visitor.list("decisions");
  assert.equal(decision.outcome, "offer");
});

test("ten clicks on the stepper are no signal at all", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  const before = Number(await page.getByLabel("Term").inputValue());
  const more = page.getByRole("button", { name: "One month more" });
  for (let click = 0; click < 10; click++) await more.click({ delay: 20 });
  assert.equal(Number(await page.getByLabel("Term").inputValue()), before + 10);
  await page.evaluate(() => window.handrail.flush());
  await until(async () => {
    const events = await visitor.list("events");
    return events.filter(({ eventType }) => eventType === "click").length === 10;
  }, "all clicks to arrive");
  assert.deepEqual(await visitor.list("signals"), []);
  assert.equal((await visitor.attributes()).struggle, 0);
});

test("typing holds an offer back until a pause, and the offer leaves focus and caret alone", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  await page.getByLabel("Amount", { exact: true }).first().click();
  await page.keyboard.press("Home");
  await struggle(page);
  await visitor.intervention("pending");
  const typedUntil = Date.now() + 4_000;
  while (Date.now() < typedUntil) {
    await page.keyboard.type("1");
    assert.equal(await popup(page).count(), 0, "shown while typing");
    await page.keyboard.press("Backspace");
    await sleep(200);
  }
  await page.keyboard.type("1");
  const here = () =>
    page.evaluate(() => {
      const { id, selectionStart, selectionEnd } = document.activeElement;
      return { id, selectionStart, selectionEnd };
    });
  const lastKey = await page.evaluate(() => performance.now());
  const before = await here();
  assert.equal(before.id, "loan-amount");
  await offered(page);
  assert.ok((await page.evaluate(() => performance.now())) - lastKey >= 1_300);
  assert.deepEqual(await here(), before);
  const { waitedMs } = await visitor.intervention("displayed");
  assert.ok(waitedMs >= 4_000, `${waitedMs} ms`);
});

test("who watches a visitor is told each second of struggle, and once when it is over", async () => {
  visitor = await visit(browser, server);
  const watching = new AbortController();
  const told = [];
  const response = await fetch(`${server.url}/v1/visitors/${visitor.id}/watch`, { signal: watching.signal });
  const reading = (async () => {
    let text = "";
    for await (const chunk of response.body) {
      const messages = (text + Buffer.from(chunk).toString()).split("\n\n");
      text = messages.pop();
      for (const message of messages) {
        const [, data] = message.match(/^event: struggle$[^]*^data: (.*)$/m) ?? [];
        if (data) told.push(JSON.parse(data).struggle);
      }
    }
  })().catch(() => {});
  await struggle(visitor.page);
  await until(() => told.length >= 2, "two seconds of struggle");
  await reachGoal(visitor);
  await until(() => told.at(-1) === 0, "the end of it");
  await sleep(2_100);
  watching.abort();
  await reading;
  assert.equal(told.filter((value) => value === 0).length, 1, `told ${told}`);
});
