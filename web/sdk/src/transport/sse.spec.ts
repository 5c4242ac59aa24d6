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
