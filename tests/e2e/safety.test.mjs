// SPDX-License-Identifier: Apache-2.0
// What stays on the page, what stays on the server, and what the page's policy allows.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { chat, launchBrowser, offered, popup, say, startServer, struggle, until, visit } from "./support.mjs";

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

/** Everything that the server pushes to this visitor's page, read beside it. */
function readStream(id) {
  const stopping = new AbortController();
  let text = "";
  const reading = (async () => {
    const response = await fetch(`${server.url}/v1/stream?anonymousId=${id}`, { signal: stopping.signal });
    for await (const chunk of response.body) text += Buffer.from(chunk).toString();
  })().catch(() => {});
  return {
    text: () => text,
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}

test("offer and chat work under a strict policy, and no answer to the page tells a score or a reason", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  const policy = (await fetch(`${server.url}/demo/`)).headers.get("content-security-policy");
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.match(policy, /require-trusted-types-for 'script'/);

  const bodies = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (/^\/h\/|^\/v1\/(interventions|chat)/.test(pathname)) bodies.push(response.text());
  });
  const stream = readStream(visitor.id);
  await struggle(page, 5);
  await offered(page);
  assert.equal(await popup(page).evaluate((element) => getComputedStyle(element).borderRadius), "16px", "it is styled");
  await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
  await say(page, "hello");
  await chat(page).getByText("Sent").waitFor();
  await until(() => stream.text().includes("hello"), "the message in the stream");
  await stream.stop();
  const told = [stream.text(), ...(await Promise.all(bodies))].join("\n");
  assert.match(told, /Need help\?/);
  assert.match(told, /"accepted"/);
  assert.doesNotMatch(told, /"[^"]*(risk|struggle|score|points|grade|signal|gate|decision|contribution|probability)[^"]*":/i);
  assert.doesNotMatch(told, /attempt/i);
  // The faults that `leave` checks include every violation of the policy and every request to another origin.
});

async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test("nothing that a visitor enters leaves the page", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  const bodies = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    // What the bank itself sends to its own service is the bank's.
    if (!pathname.startsWith("/demo/api/")) bodies.push(`${request.url()} ${request.postData() ?? ""}`);
  });
  const secrets = { Amount: "48613.27", "Interest rate": "13.0627", Term: "canary-term-7Qx" };
  for (const [label, secret] of Object.entries(secrets)) {
    await page.getByRole("textbox", { name: label }).fill("");
    await page.getByRole("textbox", { name: label }).pressSequentially(secret);
  }
  await page.getByLabel("Purpose").selectOption("other");
  const apply = page.getByRole("button", { name: "Apply for this loan" });
  await apply.click();
  await page.getByText("Choose a term between 6 and 120 months.").waitFor();
  await page.getByRole("textbox", { name: "Term" }).fill("61");
  await apply.click();
  await until(async () => (await visitor.list("events")).some(({ eventType }) => eventType === "goal"), "the goal");
  await page.evaluate(() => window.handrail.track("control", { text: "canary-control" }));
  await page.evaluate(() => window.handrail.flush());

  const said = bodies.join("\n");
  const files = await Promise.all((await filesUnder(server.folder)).map((file) => readFile(file, "latin1")));
  const kept = files.join("\n");
  assert.ok(said.includes("canary-control") && kept.includes("canary-control"), "the search would find it");
  for (const secret of [...Object.values(secrets), "4861327"]) {
    assert.ok(!said.includes(secret), `${secret} in a request`);
    assert.ok(!kept.includes(secret), `${secret} in the server's files`);
  }
});
