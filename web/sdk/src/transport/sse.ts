// SPDX-License-Identifier: MIT

export interface ServerEvent {
  id: string;
  event: string;
  data: string;
}

/** Reads server-sent events from text that arrives in any pieces. A comment is no event, only a sign of life. */
export function createSseParser(onEvent: (event: ServerEvent) => void): (text: string) => void {
  let rest = "";
  let id = "";
  let event = "";
  let data: string[] = [];

  function readLine(line: string): void {
    if (!line) {
      if (data.length) onEvent({ id, event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") id = value;
    else if (name === "event") event = value;
    else if (name === "data") data.push(value);
  }

  return (text) => {
    // A carriage return at the very end may be half of a line end: it waits for the rest.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() as string;
    lines.forEach(readLine);
  };
}
