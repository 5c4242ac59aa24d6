// SPDX-License-Identifier: Apache-2.0
// What stays on the page, what stays on the server, and what the page's policy allows.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { chat, launchBrowser, listen, offered, popup, say, sleep, startServer, struggle, until, visit } from "./support.mjs";

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

/** So that a search finds words in what is sent. */
const sendUnpacked = (page) =>
  page.addInitScript(() => {
    delete window.CompressionStream;
  });

const everything = `<!doctype html><title>canary-title</title>
  <form action="/canary-action?canary-formquery" id="all">
    ${["text", "password", "email", "tel", "url", "search"].map((type) => `<label>${type} <input type="${type}" name="${type}"></label>`).join("")}
    <input type="hidden" name="hidden" value="canary-hidden"><input type="number" name="number"><input type="date" name="date">
    <textarea name="area"></textarea><select name="select"><option>a</option><option value="canary-option">canary-optiontext</option></select>
    <label><input type="checkbox" name="check" value="canary-check">canary-checktext</label>
    <label><input type="radio" name="radio" value="canary-radio">canary-radiotext</label>
    <input name="prefilled" value="canary-prefilled" required minlength="90"><input name="placeholder" placeholder="canary-placeholder">
    <div contenteditable id="edit">canary-contenteditable</div>
    <button type="button" id="dead">canary-buttontext</button><button>canary-submittext</button>
  </form><a href="#canary-hash">canary-linktext</a>`;

test("of a page with every kind of field, no value, no text and no query leaves it", async () => {
  const site = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(everything + `<script async src="${server.url}/sdk.js"></script>`);
  });
  const { origin, close } = await listen(site);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await sendUnpacked(page);
    const said = [];
    page.on("request", (request) => request.url().startsWith(server.url) && said.push(`${request.url()} ${request.postData() ?? ""}`));
    await page.goto(`${origin}/shop?canary-query=1#canary-fragment`);
    await page.waitForFunction(() => window.handrail?.ids);
    await until(() => said.some((one) => one.includes("/sdk/forms.js")), "the part that watches fields");
    for (const name of ["text", "password", "email", "tel", "url", "search", "area"]) {
      await page.locator(`[name=${name}]`).pressSequentially(`canary-${name}`);
    }
    await page.locator("[name=number]").fill("48615550199");
    await page.locator("[name=date]").fill("1971-03-29");
    await page.locator("#edit").pressSequentially("canary-edited");
    await page.locator("[name=select]").selectOption("canary-option");
    await page.locator("[name=check]").check();
    await page.locator("[name=radio]").check();
    await page.locator("[name=text]").evaluate((input) => {
      input.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData: new DataTransfer() }));
      input.value = "canary-pasted";
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    for (let i = 0; i < 3; i++) await page.locator("#dead").click();
    await page.getByText("canary-linktext").click();
    await page.getByText("canary-submittext").click();
    await sleep(1_500);
    await page.evaluate(() => {
      window.handrail.track("control", { text: "control-word" });
      return window.handrail.flush();
    });
    await page.goto("about:blank"); // what a beacon takes then is found in the server's files
    await sleep(500);
    const text = said.join("\n");
    assert.ok(text.includes("control-word") && text.includes('"field"') && text.includes('"validation"'), "the search would find it");
    const kept = (await Promise.all((await filesUnder(server.folder)).map((file) => readFile(file, "latin1")))).join("\n");
    for (const word of ["canary-", "48615550199", "1971-03-29"]) {
      const at = text.indexOf(word);
      assert.equal(at, -1, `a request holds ${text.slice(at - 200, at + 60)}`);
      assert.ok(!kept.includes(word), `${word} in the server's files`);
    }
  } finally {
    await context.close();
    close();
  }
});

test("nothing that a visitor enters leaves the page", async () => {
  visitor = await visit(browser, server);
  const { page } = visitor;
  await sendUnpacked(page);
  await page.reload();
  await page.waitForFunction(() => window.handrail?.ids);
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
