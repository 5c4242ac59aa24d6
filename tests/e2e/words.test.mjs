// SPDX-License-Identifier: Apache-2.0
// Words for visitors: written at the desk, approved, and then read by somebody who struggles.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, comeToDesk, launchBrowser, offered, popup, startServer, struggle, visit } from "./support.mjs";

const TEXT = "Stuck with the loan? We go through it with you.";

let browser;
let server;
let looks = 0;
before(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startServer()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("a text is written, previewed, published, and said to a visitor; the desk tells why", async () => {
  const desk = await comeToDesk(browser, server, "Maya", { ignore: /rules\/preview/ });
  const { page } = desk;
  await page.getByRole("link", { name: "Words" }).click();
  await page.getByRole("heading", { name: "What would be said" }).waitFor();
  const text = page.getByLabel(/^Text of message/);
  const count = await text.count();
  assert.ok(count > 0, "the built-in messages");
  for (const field of await text.all()) if (/ask us/i.test(await field.inputValue())) await field.fill("See shop.example");
  await page.keyboard.press("Tab");
  await page.getByRole("alert").getByText(/holds an address/).waitFor();
  for (const field of await text.all()) if (/shop/.test(await field.inputValue())) await field.fill(TEXT);
  await page.keyboard.press("Tab");
  await page.locator("q", { hasText: TEXT }).waitFor();
  await page.getByText(/choose for message 1$/).locator("..").click();
  await page.getByRole("checkbox", { name: /^long pause/ }).check();
  await page.getByRole("button", { name: "Keep as draft" }).click();
  await page.getByText(/There is a draft by/).waitFor();
  if (process.env.LOOK) await page.screenshot({ path: `${process.env.LOOK}-${++looks}.png`, fullPage: true });
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("button", { name: "Approve and publish" }).click();
  await page.getByText(/Version 1 holds/).waitFor();

  const visitor = await visit(browser, server);
  await struggle(visitor.page);
  await offered(visitor.page);
  assert.match(await popup(visitor.page).innerText(), new RegExp(TEXT.replace("?", "\\?")));
  await page.goto(`${server.url}/desk/visitor/${visitor.id}`);
  const card = page.locator("section", { has: page.getByRole("heading", { name: /^Reading/ }) });
  await card.getByText(TEXT).waitFor();
  await card.getByText(/attempts = \d/).waitFor();
  assert.match(await card.innerText(), /the built-in analyst/);
  if (process.env.LOOK) await page.screenshot({ path: `${process.env.LOOK}-${++looks}.png`, fullPage: true });
  assert.deepEqual(await axe(page), []);
  await visitor.leave();
  await desk.leave();
});
