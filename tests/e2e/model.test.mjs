// SPDX-License-Identifier: Apache-2.0
// The model page: from a history to a live model and back, by clicks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, comeToDesk, command, launchBrowser, newFolder, startServerIn, until, visit } from "./support.mjs";

const models = "/v1/sites/default/models";
let browser;
let server;
let desk;

before(async () => {
  const folder = await newFolder();
  await command("simulate", "--history", 20, "--rate", 60, "--duration", 300, "--seed", 9, "--data", folder);
  const flags = ["--log.retention_hours", "1440", "--policy.offer_budget_permille", "1"];
  [browser, server] = await Promise.all([launchBrowser(), startServerIn(folder, ...flags)]);
  await until(async () => (await fetch(`${server.url}/readyz`)).ok, "the history to be read");
  desk = await comeToDesk(browser, server, "Maya", { ignore: /status of 409 .*\/stage/ });
});
after(async () => {
  await desk?.leave();
  await browser?.close();
  await server?.stop();
});

const dialog = (page) => page.getByRole("dialog");
const head = (page) => page.locator(".version-head");

/** Closes a dialog that says what was done, and waits until the page shows the stage as the server says it. */
async function closeAndSee(page, stage) {
  await dialog(page).getByText(/takes effect/).waitFor();
  await dialog(page).getByRole("button", { name: "Close", exact: true }).last().click();
  await dialog(page).waitFor({ state: "hidden" });
  await head(page).getByText(stage, { exact: true }).waitFor();
}

test("without a model the page says who decides and what to do, and trains one", async () => {
  const { page } = desk;
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.getByText("Struggle alone decides.", { exact: true }).waitFor();
  await page.getByText("handrail models add model.hrm").waitFor();
  assert.deepEqual(await axe(page), [], "without a model");

  await page.getByRole("button", { name: "Train a model" }).click();
  await dialog(page).getByLabel("Name").fill("own");
  await dialog(page).getByText("More choices").click();
  await dialog(page).getByLabel("Journeys of either outcome").fill("40");
  await dialog(page).getByLabel("Parameters to try").fill("1");
  assert.deepEqual(await axe(page), [], "before training");
  await dialog(page).getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { name: "Training" }).waitFor();
  await page.getByRole("link", { name: "1 · own" }).waitFor({ timeout: 80_000 });
  await head(page).getByText("asked by nobody").waitFor();
});

test("it goes to shadow, then live against the budget by choice and with a note, and is rolled back", async () => {
  const { page } = desk;
  await page.getByRole("button", { name: "To shadow" }).click();
  await dialog(page).getByRole("button", { name: "To shadow" }).click();
  await closeAndSee(page, "shadow");
  await page.getByText("Struggle alone decides: no model is live.").waitFor();

  await page.getByRole("button", { name: "Make it live" }).click();
  await dialog(page).getByRole("button", { name: "Make it live" }).click();
  await dialog(page).getByText("of 1000 journeys, the site's budget is 1").waitFor();
  assert.equal((await server.get(models)).live, null);
  const anyway = dialog(page).getByRole("button", { name: "Do it even so" });
  assert.ok(await anyway.isDisabled());
  await dialog(page).getByLabel("Even so").check();
  assert.ok(await anyway.isDisabled(), "without a note");
  assert.deepEqual(await axe(page), [], "over the budget");
  await dialog(page).getByLabel("Note").fill("for a day");
  await anyway.click();
  await dialog(page).getByText(/^Its score would reach 75 in/).waitFor();
  await closeAndSee(page, "live");
  await page.getByText("Struggle and version 1 decide.").waitFor();
  assert.equal((await server.get(models)).live, 1);

  const visitor = await visit(browser, server);
  await page.getByText(/^Of 1 scored journey 0 ended/).waitFor({ timeout: 30_000 });
  await visitor.leave();

  await page.getByRole("button", { name: "Roll back" }).click();
  await dialog(page).getByLabel("Note").fill("not yet");
  await dialog(page).getByRole("button", { name: "Roll back" }).click();
  await closeAndSee(page, "retired");
  await page.getByText("Struggle alone decides: no model is live.").waitFor();
  assert.equal((await server.get(models)).live, null);
  const [newest, , oldest] = await page.getByRole("region", { name: "Moves, newest first" }).locator("tbody tr").allInnerTexts();
  assert.match(newest, /version 1\s+retired\s+open server\s+not yet/);
  assert.match(oldest, /shadow/);
});
