// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import { createStream } from "./stream";

/** A network that answers as it is told; a connection to a stream that is held back says nothing at all. */
function aStream(polls: { id: string; event: string; data: unknown }[][]) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const events: unknown[] = [];
  const fetcher = (async (url: string, init: RequestInit) => {
    const accept = (init.headers as Record<string, string>).accept as string;
    asked.push(`${accept} ${url} ${(init.headers as Record<string, string>)["last-event-id"] ?? ""}`.trim());
    if (accept === "application/json") {
      return { ok: true, status: 200, json: async () => ({ events: polls.shift() ?? [] }) };
    }
    const reader = { read: () => new Promise(() => {}) };
    return { ok: true, status: 200, headers: new Headers(), body: { getReader: () => reader } };
  }) as unknown as typeof fetch;
  const stream = createStream({
    fetcher,
    clock,
    random: () => 0,
    url: async () => "/v1/stream?a=1",
    onRefused: () => {},
    onEvent: (event, data) => events.push([event, data]),
    onSkew: () => {},
  });
  return { clock, asked, events, stream };
}

test("a stream that something holds back is given up for whole answers, which go on from where they were", async () => {
  const { clock, asked, events, stream } = aStream([
    [{ id: "7", event: "intervention", data: { interventionId: "i1" } }],
  ]);
  stream.start();
  await clock.advance(30_000);
  expect(asked.filter((one) => one.startsWith("text/event-stream"))).toHaveLength(2);
  expect(asked[2]).toBe("application/json /v1/stream?a=1&wait=25");
  expect(asked[3]).toBe("application/json /v1/stream?a=1&wait=25 7");
  expect(events).toEqual([["intervention", { interventionId: "i1" }]]);
  stream.stop();
  const count = asked.length;
  await clock.advance(60_000);
  expect(asked).toHaveLength(count);
});
