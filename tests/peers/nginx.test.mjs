// SPDX-License-Identifier: Apache-2.0
// A server for others, put up as the README says: the configuration, the proxy and the commands that it names, a shop of
// another origin, and its agent.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { ageQuickly, chat, launchBrowser, offered, popup, say, struggle, until } from "../e2e/support.mjs";
import { nginxVersion, startNginx } from "./nginx.mjs";
import { freePort, launch } from "./processes.mjs";

const root = new URL("../../", import.meta.url).pathname;
const program = process.env.HANDRAIL_BIN ?? join(root, "build/release/handrail");
const HELP = "help.example.com";
const SHOP = "shop.example";

const folder = mkdtempSync(join(tmpdir(), "handrail-nginx-"));
const started = [];
const ports = {};
let browser;
let proxy;
let context;
let ownerToken;
let key;

const start = async (command, args, port) => started.push(await launch(command, args, port, { cwd: folder }));

const handrail = (...args) =>
  execFileSync(program, args, { cwd: folder, encoding: "utf8", env: { ...process.env, HANDRAIL_TOKEN: ownerToken ?? "" } });
const administer = (...args) => handrail(...args, "--server", `127.0.0.1:${ports.handrail}`);

function makeCertificate() {
  const names = `subjectAltName=DNS:${HELP},DNS:${SHOP}`;
  const files = ["-keyout", "key.pem", "-out", "cert.pem"];
  const options = { cwd: folder, stdio: "ignore" };
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext", names, ...files], options);
}

/** Our example of a proxy, on free ports and with a certificate of this test, beside a shop that embeds the script. */
function proxyConfiguration() {
  const example = readFileSync(join(root, "deploy/nginx.conf"), "utf8")
    .replace("127.0.0.1:8080", `127.0.0.1:${ports.handrail}`)
    .replace("listen 443", `listen 127.0.0.1:${ports.https}`)
    .replace("listen 80", `listen 127.0.0.1:${ports.http}`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${folder}/cert.pem;`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${folder}/key.pem;`);
  return `
  access_log off; types { text/html html; }
  ${example}
  server {
    listen 127.0.0.1:${ports.https} ssl; server_name ${SHOP};
    ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
    root ${folder};
  }`;
}

before(async () => {
  for (const name of ["handrail", "https", "http"]) ports[name] = await freePort();
  const data = ["--data", join(folder, "data")];
  ownerToken = handrail("tokens", "first", ...data, "--label", "ops").trim();
  await start(program, ["serve", "--config", join(root, "deploy/handrail.toml"), "--listen", `127.0.0.1:${ports.handrail}`, ...data], ports.handrail);
  administer("sites", "create", "shop", "--origin", `https://${SHOP}:${ports.https}`);
  key = JSON.parse(administer("tokens", "make", "--role", "page", "--site", "shop", "--json")).text;
  makeCertificate();
  const tag = `<script async src="https://${HELP}:${ports.https}/sdk.js" data-key="${key}"></script>`;
  writeFileSync(join(folder, "index.html"), `<!doctype html><title>Shop</title>${tag}<h1>Shop</h1>`);
  proxy = await startNginx(proxyConfiguration, ports.https);
  browser = await launchBrowser(`--host-resolver-rules=MAP ${HELP} 127.0.0.1, MAP ${SHOP} 127.0.0.1`);
  console.log(`ran against ${nginxVersion()}`);
});
after(async () => {
  await browser?.close();
  await proxy?.stop();
  for (const { child } of started) child.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => context?.close());

const CLIENT = "127.0.0.5"; // another address than the proxy's

/** Asks as a client that came by the proxy. */
function ask(method, path, { body, headers = {} } = {}) {
  const options = { host: "127.0.0.1", localAddress: CLIENT, port: ports.https, servername: HELP, rejectUnauthorized: false, method, path };
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, headers: { host: HELP, authorization: `Bearer ${ownerToken}`, ...headers } }, async (response) => {
      const pieces = await response.toArray();
      resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(pieces).toString() });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
const read = async (path) => JSON.parse((await ask("GET", path)).text);

async function visit() {
  context = await browser.newContext({ ignoreHTTPSErrors: true });
  await ageQuickly(context);
  const asked = [];
  context.on("response", (response) => asked.push({ status: response.status(), url: new URL(response.url()) }));
  const page = await context.newPage();
  await page.goto(`https://${SHOP}:${ports.https}/`);
  await page.waitForFunction(() => window.handrail?.ids);
  await until(() => asked.some(({ url, status }) => url.pathname === "/v1/stream" && status === 200), "the stream");
  return { page, asked, id: (await page.evaluate(() => window.handrail.ids())).anonymousId };
}

/** One who is not of the tenth that the configuration holds out. */
async function strugglingVisitor() {
  for (;;) {
    const visitor = await visit();
    await struggle(visitor.page);
    const decision = await until(async () => {
      const { items } = await read(`/v1/visitors/${visitor.id}/decisions?site=shop`);
      return items?.[0];
    }, "a decision");
    if (decision.arm === "help") return visitor;
    await context.close();
  }
}

async function signIn(label) {
  const { text } = JSON.parse(administer("tokens", "make", "--site", "shop", "--role", "agent", "--label", label, "--json"));
  const desk = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await desk.newPage();
  await page.goto(`https://${HELP}:${ports.https}/desk/`);
  await page.getByLabel("Your token").fill(text);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Come to the desk" }).click();
  await until(async () => (await read("/v1/desk/availability?site=shop")).agents.some(({ agent, available }) => agent === label && available), label);
  return { desk, page };
}

test("a visitor of the shop who struggles is offered help, and an agent answers", async () => {
  const { desk, page: deskPage } = await signIn("Maya");
  const { page, asked } = await strugglingVisitor();
  await offered(page);
  await popup(page).getByRole("button", { name: "Start Live Chat" }).click();
  await say(page, "what does it cost?");
  await deskPage.locator("[data-inbox-item]").click();
  await deskPage.getByLabel("Conversation", { exact: true }).getByText("what does it cost?").waitFor();
  const [cookie] = await desk.cookies();
  assert.deepEqual([cookie.secure, cookie.httpOnly, cookie.sameSite], [true, true, "Strict"]);
  await deskPage.keyboard.press("r");
  await deskPage.keyboard.type("nothing at all");
  await deskPage.keyboard.press("Enter");
  await chat(page).getByText("nothing at all").waitFor();
  await desk.close();
  assert.deepEqual(asked.filter(({ status, url }) => status !== 200 || url.searchParams.has("wait")).map(({ url }) => url.href), []);
});

test("who did something came from the client's address, whatever the client says", async () => {
  const forged = { headers: { "x-forwarded-for": "9.9.9.9" } };
  assert.equal((await ask("POST", "/v1/credentials?site=shop", { ...forged, body: '{"role":"reader","label":"r"}' })).status, 200);
  const { items } = await read("/v1/acts?site=shop");
  assert.equal(items[0].what, "credential.made");
  assert.equal(items[0].address, CLIENT);
});

test("nothing is told without a token, and the other port only points here", async () => {
  assert.equal((await ask("GET", "/v1/sites", { headers: { authorization: "" } })).status, 401);
  assert.equal((await ask("GET", "/metrics", { headers: { authorization: "" } })).status, 401);
  const response = await fetch(`http://127.0.0.1:${ports.http}/desk/`, { redirect: "manual" });
  assert.deepEqual([response.status, new URL(response.headers.get("location")).protocol], [301, "https:"]);
});

test("the largest batch gets through, a larger one is refused", async () => {
  const send = (bytes) => {
    const event = (seq) => ({ seq, eventType: "bulk", timestamp: Date.now(), eventData: { text: "x".repeat(30_000) } });
    const events = Array.from({ length: Math.floor(bytes / 30_100) }, (_, index) => event(index + 1));
    const body = JSON.stringify({ v: 1, anonymousId: `bulk-${bytes}`, tabId: `tab-${bytes}`, sentAt: Date.now(), events });
    return ask("POST", `/h/e?writeKey=${key}`, { body, headers: { authorization: "", origin: `https://${SHOP}:${ports.https}` } });
  };
  assert.equal((await send(1_400_000)).status, 200);
  assert.equal((await send(5_000_000)).status, 413);
});
