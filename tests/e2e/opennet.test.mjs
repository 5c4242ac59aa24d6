// SPDX-License-Identifier: Apache-2.0
// The SDK on a net as it is: packed, cut off, held back by a proxy, with users for whom the site vouches.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createReadStream } from "node:fs";
import { createServer, request as ask } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { ageQuickly, launchBrowser, listen, offered, sleep, startClosedServer, startServer, struggle, until } from "./support.mjs";

let browser;
let site;
let open;
let closed;
let context;

/** A site whose script comes from the host that the query names. */
function serveSite() {
  const pages = createServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://site");
    const host = searchParams.get("host") ?? open.url;
    const attributes = [...searchParams].filter(([name]) => name.startsWith("data-")).map(([name, value]) => `${name}="${value}"`);
    const { pathname } = new URL(request.url, "http://site");
    if (pathname.startsWith("/esm/")) {
      response.setHeader("content-type", "text/javascript");
      return createReadStream(new URL(`../../web/sdk/dist${pathname}`, import.meta.url)).on("error", () => response.destroy()).pipe(response);
    }
    response.setHeader("content-type", "text/html");
    if (pathname === "/bare") return response.end("<!doctype html><title>bare</title>");
    if (pathname === "/bundled") {
      const start = `import { createHandrail } from "/esm/index.js"; window.handrail = createHandrail({ host: "${open.url}" });`;
      return response.end(`<!doctype html><title>app</title><script type="module">${start}</script><h1>App</h1>`);
    }
    response.end(`<!doctype html><title>shop</title><script async src="${host}/sdk.js" ${attributes.join(" ")}></script><h1>Shop</h1>`);
  });
  return listen(pages);
}

/** A proxy that passes an answer on when it is whole, as some in offices do. It tells what it carried, and can be cut. */
async function serveProxy(target) {
  const carried = [];
  let isCut = false;
  const proxy = createServer(async (incoming, outgoing) => {
    if (isCut) return incoming.destroy();
    const asked = [];
    for await (const chunk of incoming) asked.push(chunk);
    const body = Buffer.concat(asked);
    carried.push({ method: incoming.method, path: new URL(incoming.url, target).pathname, body });
    const forwarded = ask(target + incoming.url, { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } });
    forwarded.on("response", (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("error", () => outgoing.destroy());
      answer.on("end", () => {
        const { "transfer-encoding": _, ...headers } = answer.headers;
        outgoing.writeHead(answer.statusCode, headers);
        outgoing.end(Buffer.concat(chunks));
      });
    });
    forwarded.on("error", () => outgoing.destroy());
    outgoing.on("close", () => forwarded.destroy());
    forwarded.end(body);
  });
  return {
    ...(await listen(proxy)),
    carried,
    cut: (cut) => {
      isCut = cut;
      if (cut) proxy.closeAllConnections();
    },
  };
}

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The site's own word about a user. */
function userToken(secret, sub) {
  const text = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url({ sub, exp: Math.floor(Date.now() / 1000) + 300 })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

before(async () => {
  [browser, open] = await Promise.all([launchBrowser(), startServer()]);
  site = await serveSite();
  closed = await startClosedServer(site.origin);
});
after(async () => {
  site?.close();
  await browser?.close();
  await Promise.all([open?.stop(), closed?.stop()]);
});
afterEach(() => context?.close());

async function visit(query = "", path = "/") {
  context ??= await browser.newContext();
  if (!context.pages().length) {
    context = await browser.newContext();
    await ageQuickly(context);
  }
  const page = await context.newPage();
  await page.goto(`${site.origin}${path}?${query}`);
  await page.waitForFunction(() => window.handrail?.ids);
  const ids = await page.evaluate(() => window.handrail.ids());
  return { page, ...ids };
}

async function events(visitor) {
  const response = await fetch(`${open.url}/v1/visitors/${visitor}/events?limit=500`);
  return response.status === 404 ? [] : (await response.json()).items;
}

/** With a proxy between the page and the server. */
async function between(use) {
  const proxy = await serveProxy(open.url);
  try {
    await use(proxy);
  } finally {
    proxy.close();
  }
}

const loaded = (page, part) =>
  until(() => page.evaluate((name) => performance.getEntriesByType("resource").some((one) => one.name.endsWith(name)), part), part);

test("larger batches are packed, without a preflight", () =>
  between(async (proxy) => {
    const { page, anonymousId } = await visit(`host=${proxy.origin}`);
    await loaded(page, "/sdk/net.js");
    await sleep(200);
    await page.evaluate(() => {
      window.handrail.track("word", { text: "a text that says the same again and again. ".repeat(100) });
      return window.handrail.flush();
    });
    await until(async () => (await events(anonymousId)).some(({ eventType }) => eventType === "word"), "the event");
    const batches = proxy.carried.filter(({ path }) => path === "/h/e");
    const packed = batches.filter(({ body }) => body[0] === 0x1f && body[1] === 0x8b);
    assert.equal(packed.length, 1, `of ${batches.length} requests`);
    assert.match(gunzipSync(packed[0].body).toString(), /again and again/);
    assert.ok(packed[0].body.length < 1000, `${packed[0].body.length} B`);
    assert.deepEqual([...new Set(batches.map(({ method }) => method))], ["POST"]);
  }));

/** Tracks five events while nothing gets through, and leaves the page. */
async function loseConnection(page, proxy) {
  await loaded(page, "/sdk/net.js");
  await sleep(300);
  proxy.cut(true);
  await page.evaluate(() => {
    for (let n = 0; n < 5; n++) window.handrail.track("cut_off", { n });
    return window.handrail.flush();
  });
  await sleep(300);
  await page.goto(`${site.origin}/bare`);
  proxy.cut(false);
}

const cutOff = async (visitor) => (await events(visitor)).filter(({ eventType }) => eventType === "cut_off");
const unsent = (page) => page.evaluate(() => localStorage.getItem("handrail.unsent"));

test("what could not be sent waits for the next page, once the visitor has agreed, and counts once", () =>
  between(async (proxy) => {
    const query = `host=${proxy.origin}&data-consent=ask`;
    const { page, anonymousId } = await visit(query);
    await page.evaluate(() => {
      window.handrail.consent.set(true);
      return window.handrail.flush();
    });
    await until(async () => (await events(anonymousId)).length > 0, "the first facts");
    await loseConnection(page, proxy);
    assert.deepEqual(await cutOff(anonymousId), []);
    assert.ok(await unsent(page), "it waits");
    await page.goto(`${site.origin}/?${query}`);
    const arrived = await until(async () => {
      const found = await cutOff(anonymousId);
      return found.length === 5 && found;
    }, "what waited");
    assert.deepEqual(arrived.map(({ eventData }) => eventData.n).sort(), [0, 1, 2, 3, 4]);
    await until(async () => (await unsent(page)) === null, "nothing to wait any more");
  }));

test("without consent nothing is kept for later", () =>
  between(async (proxy) => {
    const { page } = await visit(`host=${proxy.origin}`);
    await loseConnection(page, proxy);
    assert.equal(await unsent(page), null);
  }));

test("a user is known where the site vouches, on every event from then on, and not otherwise", async () => {
  const query = `host=${closed.url}&data-key=${closed.key}`;
  const { page, anonymousId } = await visit(query);
  const token = userToken(closed.identitySecret, "anna");
  await page.evaluate((word) => {
    window.handrail.identify("anna", { token: () => word });
    window.handrail.track("word");
    return window.handrail.flush();
  }, token);
  const read = () => closed.admin("GET", `/v1/visitors/${anonymousId}/events?limit=500`);
  const known = await until(async () => (await read().catch(() => ({ items: [] }))).items.find(({ eventType }) => eventType === "word"), "the event");
  assert.equal(known.userId, "anna");
  assert.equal((await closed.admin("GET", "/v1/visitors/anna/attributes")).userId, "anna");

  const other = await visit(query);
  await other.page.evaluate(() => {
    window.handrail.reset();
    window.handrail.identify("anna", { token: "forged" });
    window.handrail.track("forged_word");
    return window.handrail.flush();
  });
  const { anonymousId: stranger } = await other.page.evaluate(() => window.handrail.ids());
  const list = () => closed.admin("GET", `/v1/visitors/${stranger}/events?limit=500`).catch(() => ({ items: [] }));
  const doubted = await until(async () => (await list()).items.find(({ eventType }) => eventType === "forged_word"), "the other event");
  assert.equal(doubted.userId, null);
});

test("behind a proxy that holds streams back, help comes all the same", () =>
  between(async (proxy) => {
    const { page } = await visit(`host=${proxy.origin}`);
    const asked = [];
    page.on("request", (request) => new URL(request.url()).pathname === "/v1/stream" && asked.push(request.headers().accept));
    await until(() => asked.includes("application/json"), "asking for whole answers", 40_000);
    await struggle(page);
    await offered(page);
  }));

test("the package for bundlers does what the script tag does", async () => {
  const { page } = await visit("", "/bundled");
  await page.locator("h1").click();
  await struggle(page);
  await offered(page);
  const again = await page.evaluate(async () => {
    const { createHandrail } = await import("/esm/index.js");
    return createHandrail({ host: "http://elsewhere" }) === window.handrail;
  });
  assert.ok(again, "a second call gives the same one");
});

test("the server says how its pages work: what is captured, how long facts wait, and who is watched at all", async () => {
  const rules = async (page) => {
    const ask = (method, path, body) => fetch(`${open.url}/v1/sites/default/rules${path}`, { method, body: JSON.stringify(body) }).then((answer) => answer.json());
    await ask("PUT", "/draft", { page });
    const { version } = await ask("POST", "/publish", {});
    await until(async () => (await fetch(`${open.url}/v1/sites/default/rules`).then((answer) => answer.json())).version === version, "the rules");
  };
  try {
    await rules({ autocapture: false, flushMs: 4_000 });
    const quiet = await visit();
    await quiet.page.waitForTimeout(1_500);
    const began = Date.now();
    await quiet.page.locator("h1").click();
    await quiet.page.evaluate(() => window.handrail.track("word"));
    await until(async () => (await events(quiet.anonymousId)).some(({ eventType }) => eventType === "word"), "the event");
    assert.ok(Date.now() - began > 3_000, "it waited for others");
    assert.ok(!(await events(quiet.anonymousId)).some(({ eventType }) => eventType === "click"));
    await quiet.page.close(); // it held the connection, which was told when it was made
    await rules({ autocapture: true, flushMs: 1_000, samplePercent: 0 });
    const { page } = await visit();
    await until(() => page.evaluate(() => window.handrail.track("word") === ""), "the end of the script");
  } finally {
    await rules({ samplePercent: 100 });
  }
});

test("?handrail_debug shows what goes on, and the doctor says what is in the way", async () => {
  const { page, anonymousId } = await visit("handrail_debug");
  const panel = page.locator("handrail-debug pre");
  await until(async () => (await panel.textContent()).includes(anonymousId), "the panel");
  await until(async () => /sent +.*page/.test(await panel.textContent()), "what was sent");
  const well = await page.evaluate(() => window.handrail.doctor());
  assert.deepEqual([well.reached, well.accepted, well.blockedBy], [true, true, []]);
  const ill = await visit(`host=${closed.url}&data-key=hr_page_wrong`);
  const report = await ill.page.evaluate(() => window.handrail.doctor());
  assert.equal(report.accepted, false);
  assert.ok(report.hints.some((hint) => hint.includes("data-key")), report.hints.join("; "));
});
