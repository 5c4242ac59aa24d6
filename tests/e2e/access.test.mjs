// SPDX-License-Identifier: Apache-2.0
// Every screen by axe in both themes, and without motion where none is wanted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, chat, comeToDesk, launchBrowser, offered, popup, say, startServer, struggle, visit } from "./support.mjs";

let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function assertAccessible(page, what) {
  assert.deepEqual(await axe(page), [], what);
}

for (const colorScheme of ["light", "dark"]) {
  test(`bank, offer, chat and desk are accessible in the ${colorScheme} theme`, async () => {
    const options = { colorScheme, reducedMotion: "reduce" };
    const desk = await comeToDesk(browser, server, "Maya", options);
    await desk.page.getByText("Nobody is asking for help right now.").waitFor();
    await assertAccessible(desk.page, "empty inbox");

    const visitor = await visit(browser, server, options);
    const { page } = visitor;
    await assertAccessible(page, "bank");
    await struggle(page);
    await offered(page);
    await assertAccessible(page, "bank with the offer");
    await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
    await say(page, "How do I enter five years?");
    await chat(page).getByText("Sent").waitFor();
    await assertAccessible(page, "bank with the chat");

    const item = desk.page.locator("[data-inbox-item]");
    await item.waitFor();
    await assertAccessible(desk.page, "inbox");
    await item.click();
    await desk.page.locator(".why").waitFor();
    await assertAccessible(desk.page, "conversation");
    await desk.page.getByRole("link", { name: /whole journey/ }).click();
    await desk.page.getByText("Everything, oldest first").waitFor();
    await assertAccessible(desk.page, "whole journey");
    await desk.page.goBack();
    await desk.page.getByRole("button", { name: "Close", exact: true }).click();
    await chat(page).getByText("This conversation has ended.").waitFor();
    await assertAccessible(page, "bank with the ended chat");
    await visitor.leave();
    await desk.leave();
  });
}

test("who wants no motion gets none from offer and chat", async () => {
  const visitor = await visit(browser, server, { reducedMotion: "reduce" });
  const { page } = visitor;
  const running = () =>
    page.evaluate(() => {
      const { shadowRoot } = document.querySelector("handrail-help");
      return shadowRoot.getAnimations().filter(({ playState }) => playState === "running").length;
    });
  await struggle(page);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => (document.querySelector("handrail-help") ? resolve() : requestAnimationFrame(look));
        look();
      }),
  );
  await offered(page);
  assert.equal(await running(), 0);
  await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
  await chat(page).waitFor();
  assert.equal(await running(), 0);
  await visitor.leave();
});

test("the offer covers neither the panel beside the bank nor what the visitor may want to press", async () => {
  const visitor = await visit(browser, server);
  const { page } = visitor;
  await struggle(page);
  await offered(page);
  const offer = await popup(page).boundingBox();
  const panel = await page.getByLabel("What Handrail sees").boundingBox();
  assert.ok(offer.x + offer.width <= panel.x, `${offer.x + offer.width} and ${panel.x}`);
  for (const name of ["Apply for this loan", "Save this calculation"]) {
    const button = await page.getByRole("button", { name }).boundingBox();
    const beside = button.x + button.width <= offer.x || offer.x + offer.width <= button.x;
    const above = button.y + button.height <= offer.y || offer.y + offer.height <= button.y;
    assert.ok(beside || above, `${name} is covered`);
  }
  await visitor.leave();
});
