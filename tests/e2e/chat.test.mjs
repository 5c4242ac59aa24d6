// SPDX-License-Identifier: Apache-2.0
// A conversation between the bank's page and the agent's desk.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { chat, comeToDesk, launchBrowser, offered, popup, say, startServer, struggle, until, visit } from "./support.mjs";

const attack = `<img src=x onerror="window.harmed=1"><script>window.harmed=1</script> javascript:alert(1)`;

let browser;
let server;
let visitor;
let desk;

before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer("--policy.unanswered_after_s", "5")]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});
afterEach(async () => {
  await visitor?.leave();
  await desk?.leave();
});

test("an accepted offer becomes a conversation in which both sides read each other's words as text", async () => {
  desk = await comeToDesk(browser, server);
  visitor = await visit(browser, server);
  const { page } = visitor;
  await struggle(page);
  await offered(page);
  assert.match(await popup(page).innerText(), /Maya is here/);

  await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
  await chat(page).waitFor();
  await visitor.intervention("accepted");
  await say(page, "I cannot find the term");
  await say(page, attack);

  const item = desk.page.locator("[data-inbox-item]");
  await item.waitFor();
  assert.match(await item.innerText(), /attempt/i, "the inbox says why");
  await item.getByText("2 unread").waitFor();
  await item.click();
  const conversation = desk.page.getByLabel("Conversation", { exact: true });
  await conversation.getByText("I cannot find the term").waitFor();
  await conversation.getByText(attack, { exact: true }).waitFor();
  const journey = desk.page.getByLabel("Journey", { exact: true });
  const [{ contributions }] = await visitor.list("decisions");
  const why = journey.locator(".why");
  await why.waitFor();
  assert.match((await why.innerText()).toLowerCase(), new RegExp(contributions[0].words.toLowerCase()));
  assert.ok((await journey.locator(".story li").count()) >= 2, "the journey is told");

  await desk.page.keyboard.press("r");
  await desk.page.keyboard.type("It is below the rate. ");
  await desk.page.keyboard.type(attack);
  await desk.page.keyboard.press("Enter");
  await chat(page).getByText(`It is below the rate. ${attack}`, { exact: true }).waitFor();
  assert.match(await chat(page).locator(".head").innerText(), /Maya/);

  for (const side of [page, desk.page]) {
    assert.equal(await side.evaluate(() => window.harmed), undefined);
    assert.equal(await side.locator("a[href^='javascript:'], img[src='x']").count(), 0);
  }

  await desk.page.getByRole("button", { name: "Close", exact: true }).click();
  await chat(page).getByText("This conversation has ended.").waitFor();
  assert.equal(await chat(page).getByLabel("Your message").isVisible(), false);
});

test("a conversation survives a reload of the visitor's page", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  await struggle(page);
  await offered(page);
  await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
  await say(page, "before the reload");
  await chat(page).getByText("Sent").waitFor();
  await page.reload();
  await chat(page).getByText("before the reload").waitFor();
  await say(page, "after the reload");
  const { items } = await server.get("/v1/desk/conversations");
  const mine = items.find((one) => one.visitor === visitor.id);
  await until(async () => {
    const { messages } = await server.get(`/v1/desk/conversations/${mine.id}`);
    return messages.filter(({ event }) => event === "message").map(({ text }) => text).join() === "before the reload,after the reload";
  }, "both messages at the desk, once and in order");
});

test("a visitor whom nobody answers is told so", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  await struggle(page);
  await offered(page);
  await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
  assert.equal(await chat(page).locator(".face").isVisible(), false, "no face where nobody is");
  await say(page, "Is anybody there?");
  await chat(page).getByText("Nobody has answered yet. You can keep waiting or leave a message; we have it.").waitFor();
});
