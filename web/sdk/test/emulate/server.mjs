// SPDX-License-Identifier: MIT
// A server that plays the Handrail engine for browser tests: it keeps what it was sent and pushes what it is told.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const dist = fileURLToPath(new URL("../../../dist/", import.meta.url));
const pages = fileURLToPath(new URL("../browser/pages/", import.meta.url));

export const STRICT_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; " +
  "require-trusted-types-for 'script'";

const TYPES = { ".js": "text/javascript", ".html": "text/html; charset=utf-8", ".css": "text/css" };

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString();
}

export async function startServer() {
  /** Every event as it arrived first, by (tabId, seq). */
  const events = [];
  const seen = new Set();
  const requests = [];
  const answers = [];
  const messages = [];
  const streams = new Set();
  /** What to answer next on /h/e, before it works again. */
  const refusals = [];
  let offset = 0;

  function take(batch) {
    for (const event of batch.events) {
      const id = `${batch.tabId}:${event.seq}`;
      if (seen.has(id)) continue;
      seen.add(id);
      events.push({ ...event, tabId: batch.tabId, anonymousId: batch.anonymousId, receivedAt: Date.now() });
    }
  }

  function push(event, data, id) {
    for (const stream of streams) {
      stream.write(`${id ? `id: ${id}\n` : ""}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  }

  function say(from, text, over = {}) {
    offset += 1;
    const message = {
      conversationId: "c1",
      messageId: `${from}-${offset}`,
      from,
      event: "message",
      text,
      at: Date.now(),
      offset,
      ...over,
    };
    messages.push(message);
    push("chat", message, String(offset));
    return message;
  }

  async function postChat(path, body) {
    if (path === "/v1/chat/conversations") {
      if (!messages.length) say("system", "", { event: "opened", messageId: "opened" });
      if (body.text) say("visitor", body.text, { messageId: body.messageId });
    } else if (path.endsWith("/messages")) {
      say("visitor", body.text, { messageId: body.messageId });
    } else if (path.endsWith("/close")) {
      say("system", "", { event: "closed" });
    }
    return { conversationId: "c1", messageId: body.messageId, offset, at: Date.now() };
  }

  function openStream(response) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(`event: config\ndata: {}\n\n`);
    streams.add(response);
    for (const message of messages) {
      response.write(`id: ${message.offset}\nevent: chat\ndata: ${JSON.stringify(message)}\n\n`);
    }
    response.on("close", () => streams.delete(response));
  }

  async function post(request, response, path) {
    const text = await readBody(request);
    requests.push({ path, type: request.headers["content-type"], bytes: text.length, at: Date.now() });
    const refusal = path === "/h/e" && refusals.shift();
    if (refusal) {
      response.writeHead(refusal.status, refusal.headers || {}).end();
      return;
    }
    const body = text ? JSON.parse(text) : {};
    let reply = {};
    if (path === "/h/e") take(body);
    else if (path.startsWith("/v1/interventions/")) answers.push({ path, body, at: Date.now() });
    else if (path.startsWith("/v1/chat/")) reply = await postChat(path, body);
    else response.statusCode = Number(/\/status\/(\d+)/.exec(path)?.[1] || 200);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(reply));
  }

  async function serveFile(response, path) {
    const file = path.startsWith("/sdk") ? dist + path.slice(1) : pages + (path.slice(1) || "index.html");
    try {
      const content = await readFile(file);
      const csp =
        path.includes("strict") || !path.startsWith("/sdk") ? { "content-security-policy": STRICT_CSP } : {};
      response.writeHead(200, { "content-type": TYPES[extname(file)] || "text/plain", ...csp }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://local");
    requests.push({ method: request.method, path: pathname });
    if (request.method === "POST") void post(request, response, pathname);
    else if (pathname === "/v1/stream") openStream(response);
    else void serveFile(response, pathname);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    events,
    requests,
    answers,
    messages,
    streams,
    refusals,
    push,
    say,
    offer: (over = {}) =>
      push("intervention", {
        interventionId: "i1",
        kind: "live_chat",
        action: "show_live_chat_popup",
        strings: {
          title: "Need help?",
          body: "We noticed you might be having some difficulty. Would you like to chat with a live agent?",
          accept: "Start Live Chat",
          later: "Maybe later",
          never: "Don't show again",
        },
        expiresAt: Date.now() + 120_000,
        state: "pending",
        agent: "Maya",
        ...over,
      }),
    ofType: (eventType) => events.filter((event) => event.eventType === eventType),
    async stop() {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
