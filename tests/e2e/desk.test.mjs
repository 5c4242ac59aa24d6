// SPDX-License-Identifier: Apache-2.0
// The agent's desk: by keyboard, and what being there or away means for offers.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { chat, comeToDesk, launchBrowser, offered, popup, reachGoal, say, sleep, startServer, struggle, until, visit } from "./support.mjs";

let browser;
let server;
let desk;
const visitors = [];

before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer("--policy.needs_agent", "true")]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  for (const visitor of visitors.splice(0)) await visitor.leave();
  await desk?.leave();
  desk = undefined;
});

async function visitBank() {
  const visitor = await visit(browser, server);
  visitors.push(visitor);
  return visitor;
}

/** Visitors who have asked for help in this order. */
async function ask(...questions) {
  for (const question of questions) {
    const { page } = await visitBank();
    await page.evaluate(() => window.handrail.chat.open());
    await say(page, question);
    await chat(page).getByText("Sent").waitFor();
  }
}

test("the inbox is worked by keyboard alone", async () => {
  desk = await comeToDesk(browser, server);
  const { page } = desk;
  await ask("first question", "second question");
  await until(async () => (await page.locator("[data-inbox-item]").count()) === 2, "two conversations");
  const focused = () => page.evaluate(() => document.activeElement.innerText);
  await page.keyboard.press("j");
  assert.match(await focused(), /first question/, "who waits longest comes first");
  await page.keyboard.press("j");
  assert.match(await focused(), /second question/);
  await page.keyboard.press("k");
  assert.match(await focused(), /first question/);
  await page.keyboard.press("Enter");
  await page.getByLabel("Conversation", { exact: true }).getByText("first question").waitFor();
  await page.keyboard.press("r");
  assert.equal(await page.evaluate(() => document.activeElement.id), "composer");
  await page.keyboard.type("jkr? is text here");
  await page.keyboard.press("Enter");
  await chat(visitors[0].page).getByText("jkr? is text here").waitFor();
  await page.keyboard.press("Escape");
  assert.notEqual(await page.evaluate(() => document.activeElement.id), "composer");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor({ state: "hidden" });
});

test("nobody at the desk means no offer, and the panel says so; 2 s after somebody came there is one", async () => {
  desk = await comeToDesk(browser, server);
  await desk.page.getByLabel("You are available").uncheck({ force: true });
  await until(async () => (await server.get("/v1/desk/availability")).available === 0, "nobody to be available");
  const visitor = await visitBank();
  const { page } = visitor;
  const offerOrNot = async () => {
    const { length } = await visitor.list("decisions");
    await reachGoal(visitor);
    await struggle(page);
    return until(async () => {
      const decisions = await visitor.list("decisions");
      return decisions.length > length && decisions[0];
    }, "a decision");
  };
  // Being away takes effect for decisions 2 s later too, and nothing but a decision tells that.
  await sleep(2_500);
  const refused = await offerOrNot();
  assert.equal(refused.outcome, "none");
  assert.equal(refused.gates.find(({ verdict }) => verdict === "reject").detail, "nobody is available at the desk");
  await page.getByLabel("Live readings").getByText("nobody is available at the desk").waitFor();
  assert.equal(await popup(page).isVisible(), false);

  await desk.page.getByLabel("You are away").check({ force: true });
  await until(async () => (await offerOrNot()).outcome === "offer", "an offer", 10_000);
  await offered(page);
  assert.match(await popup(page).innerText(), /Maya is here/);
});

test("an agent whose desk is closed is away after 10 s", async () => {
  desk = await comeToDesk(browser, server, "Noor");
  await desk.page.close();
  await until(
    async () => !(await server.get("/v1/desk/availability")).agents.some((one) => one.agent === "Noor" && one.available),
    "Noor to be away",
    16_000,
  );
});

test("a visitor's id with dots opens by its address", async () => {
  const page = { seq: 1, eventType: "page", timestamp: Date.now(), eventData: { path: "/loans" } };
  const sent = await fetch(`${server.url}/h/e`, {
    method: "POST",
    body: JSON.stringify({ v: 1, anonymousId: "anna.k", tabId: "t1", events: [page] }),
  });
  assert.equal((await sent.json()).accepted, 1);
  desk = await comeToDesk(browser, server);
  const response = await desk.page.goto(`${server.url}/desk/visitor/anna.k`);
  assert.equal(response.status(), 200);
  await desk.page.getByText("Everything, oldest first").waitFor();
});

test("a desk outlives the server: it says what it does not know, and goes on where it was", async () => {
  const ignore = /ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE/;
  desk = await comeToDesk(browser, server, "Maya", { ignore });
  const { page } = desk;
  const visitor = await visit(browser, server, { ignore });
  visitors.push(visitor);
  await visitor.page.evaluate(() => window.handrail.chat.open());
  await say(visitor.page, "before the cut");
  await page.locator("[data-inbox-item]").filter({ hasText: "before the cut" }).click();
  const conversation = page.getByLabel("Conversation", { exact: true });
  await conversation.getByText("before the cut").waitFor();

  await server.kill();
  await page.getByText(/Reconnecting/i).first().waitFor();
  await say(visitor.page, "during the cut");
  await page.keyboard.press("r");
  await page.keyboard.type("reply during the cut");
  await page.keyboard.press("Enter");
  await server.restart();

  await conversation.getByText("during the cut", { exact: true }).waitFor();
  await page.getByText(/Reconnecting/i).first().waitFor({ state: "hidden" });
  await conversation.getByRole("button", { name: "try again" }).click();
  await chat(visitor.page).getByText("reply during the cut").waitFor();
  const { items } = await server.get("/v1/desk/conversations");
  const mine = items.find((one) => one.visitor === visitor.id);
  const { messages } = await server.get(`/v1/desk/conversations/${mine.id}`);
  const texts = messages.filter(({ event, text }) => text && ["message", "opened"].includes(event)).map(({ text }) => text);
  assert.deepEqual(texts.sort(), ["before the cut", "during the cut", "reply during the cut"]);
  await until(async () => (await server.get("/v1/desk/availability")).available === 1, "Maya to be here again");
});
