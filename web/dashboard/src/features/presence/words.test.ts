// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { presenceWords } from "./words";

const maya = { name: "Maya", available: true };

test("until the server agrees, and for a moment after the switch, the note says when the switch counts", () => {
  const availability = { available: 0, agents: [{ agent: "Maya", available: false, since: 0 }] };
  expect(presenceWords(maya, availability, false)).toMatch(/2 s after/);
  expect(presenceWords(maya, { available: 0, agents: [] }, false)).toMatch(/2 s after/);
  expect(presenceWords({ ...maya, available: false }, { available: 0, agents: [] }, true)).toMatch(
    /2 s after/,
  );
});

test("then it says who else is here", () => {
  const availability = {
    available: 2,
    agents: [
      { agent: "Maya", available: true, since: 0 },
      { agent: "Jo", available: true, since: 0 },
      { agent: "Kim", available: false, since: 0 },
    ],
  };
  expect(presenceWords(maya, availability, false)).toBe("Jo here too. New offers count on you.");
  const away = { available: 0, agents: [] };
  expect(presenceWords({ ...maya, available: false }, away, false)).toBe("No new offers on your account.");
});
