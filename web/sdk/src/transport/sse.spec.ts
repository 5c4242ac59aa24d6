// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createSseParser, type ServerEvent } from "./sse";

const TEXT = ': hello\n\nid: 7\nevent: chat\ndata: {"a":\ndata: 1}\r\n\r\ndata:x\n\n';

test("reads the same events however the text is cut", () => {
  for (let size = 1; size <= TEXT.length; size++) {
    const events: ServerEvent[] = [];
    const parse = createSseParser((event) => events.push(event));
    for (let at = 0; at < TEXT.length; at += size) parse(TEXT.slice(at, at + size));
    expect(events).toEqual([
      { id: "7", event: "chat", data: '{"a":\n1}' },
      { id: "7", event: "message", data: "x" },
    ]);
  }
});

/** Numbers from 0 on, below 1: the same ones each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test("whatever comes, it neither throws nor depends on how it was cut", () => {
  const random = seeded(1);
  const below = (n: number): number => Math.floor(random() * n);
  const pieces = [
    ":",
    "\n",
    "\r",
    "\r\n",
    "id",
    "event",
    "data",
    " ",
    "\0",
    "\ud83d",
    "é",
    "{}",
    "data: x\n\n",
    "retry: 1\n",
  ];
  for (let round = 0; round < 3000; round++) {
    let text = random() < 0.5 ? TEXT.slice(below(TEXT.length)) : "";
    for (let n = below(20); n > 0; n--) {
      const at = below(text.length + 1);
      text = text.slice(0, at) + pieces[below(pieces.length)] + text.slice(at + below(3));
    }
    text += "x"; // a carriage return at the very end would wait for what follows
    const whole: ServerEvent[] = [];
    createSseParser((event) => whole.push(event))(text);
    const cut: ServerEvent[] = [];
    const parse = createSseParser((event) => cut.push(event));
    for (let at = 0; at < text.length; ) {
      const size = 1 + below(8);
      parse(text.slice(at, at + size));
      at += size;
    }
    expect(cut, JSON.stringify(text)).toEqual(whole);
  }
});
