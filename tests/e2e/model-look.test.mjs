// SPDX-License-Identifier: Apache-2.0
// The model page at a server that knows who comes: what a version shows, and who may act.
import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axe, command, launchBrowser, newFolder, startClosedServer, until } from "./support.mjs";

let browser;
let server;

/** The bytes of a model of simulated visitors. */
async function trainedModel() {
  const folder = await newFolder();
  const history = join(folder, "history");
  const file = join(folder, "model.hrm");
  await command("simulate", "--history", 20, "--rate", 60, "--duration", 300, "--seed", 9, "--data", history);
  await command("train", "--data", history, "--out", file, "--trials", 1, "--labels-min", 40);
  const bytes = await readFile(file);
  await rm(folder, { recursive: true });
  return bytes;
}

before(async () => {
  let body;
  [browser, server, body] = await Promise.all([launchBrowser(), startClosedServer("http://shop.example"), trainedModel()]);
  const headers = { authorization: `Bearer ${server.token}`, "content-type": "application/octet-stream" };
  const added = await fetch(`${server.url}/v1/sites/shop/models?name=own`, { method: "POST", headers, body });
  assert.equal(added.status, 201);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const head = (page) => page.locator(".version-head");
const acts = (page) => page.locator("main").getByRole("button").allInnerTexts();
const download = (page) => page.getByRole("link", { name: "Download the artefact" });

/** Signs in with a token, and comes to the page of version 1. */
async function signIn(token) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${server.url}/desk/model/1`);
  await page.getByLabel("Your token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await head(page).getByText("Version 1").waitFor();
  await page.getByRole("rowheader", { name: "AUC" }).waitFor();
  return page;
}

async function signInAsReader() {
  const { text } = await server.admin("POST", "/v1/credentials", { role: "reader", label: "Rita" });
  return signIn(text);
}

test("who may only read sees everything and can do nothing", async () => {
  const page = await signInAsReader();
  await page.getByText("Rita: reads, and changes nothing.").waitFor();
  assert.deepEqual(await acts(page), []);
  assert.equal(await download(page).count(), 0);
  assert.equal(await page.getByRole("link", { name: "Inbox" }).count(), 0);
  assert.deepEqual(await axe(page), []);
  const status = await page.evaluate(async () => {
    const order = { method: "POST", body: JSON.stringify({ stage: "live" }) };
    return (await fetch("/v1/sites/shop/models/1/stage", order)).status;
  });
  assert.equal(status, 403);
  await page.context().close();
});

test("what training measured is there to be read, by eye, by table, in either theme and on a phone", async () => {
  const page = await signIn(server.token);
  const headings = await page.locator("main h3").allInnerTexts();
  assert.match(headings[0], /what became of the journeys/i, "labels come first");
  await page.getByRole("rowheader", { name: "AUC" }).waitFor();
  await page.getByRole("img", { name: /^Calibration, foretold against what came/ }).waitFor();
  await page.getByText("As a table").click();
  await page.getByRole("table", { name: "At training" }).waitFor();
  await page.getByRole("img", { name: /^Score by exit probability/ }).waitFor();
  await page.getByText("Not known yet. 500 scores at a time").waitFor();
  await page.getByRole("link", { name: "Download the artefact" }).waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    assert.deepEqual(await axe(page), [], `a candidate, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  const { wide, main } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.querySelector("main");
    return { wide: document.documentElement.scrollWidth, main: scrollWidth - clientWidth };
  });
  assert.ok(wide <= 390 && main === 0, `${wide} ${main}`);
  assert.deepEqual(await axe(page), [], "a candidate on a phone");
  await page.context().close();
});

test("an administrator may act without coming to the desk, where visitors would count on them", async () => {
  const page = await signIn(server.token);
  await until(async () => (await acts(page)).includes("To shadow"), "what may be done");
  assert.equal(await download(page).count(), 1);
  await page.getByText("You are not at the desk.").waitFor();
  const { available } = await server.admin("GET", "/v1/desk/availability");
  assert.equal(available, 0);
  await page.context().close();
});

test("a version that is not there says so, and keys lead to the page and away", async () => {
  const page = await signInAsReader();
  await page.goto(`${server.url}/desk/model/99`);
  await page.getByText("There is no version 99.").waitFor();
  await page.getByRole("button", { name: "Show the one that decides" }).click();
  await head(page).getByText("Version 1").waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("v");
  await page.getByText("Whose journey?").waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await head(page).getByText("Version 1").waitFor();
  await page.context().close();
});

test("while the server does not answer, what was known stays and says since when; a first visit says what failed", async () => {
  const page = await signInAsReader();
  await page.route("**/v1/sites/**", (route) => route.abort());
  const stale = page.locator(".model-page .stale");
  await stale.waitFor();
  await head(page).getByText("Version 1").waitFor();
  await page.reload();
  await page.getByText("The models could not be read.").waitFor();
  await page.unroute("**/v1/sites/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await head(page).getByText("Version 1").waitFor();
  assert.equal(await stale.count(), 0);
  await page.context().close();
});
