// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Decision } from "./contract";
import { everyGate, evidenceWords, mainGates, offerWords } from "./words";

const decision: Decision = {
  id: "d",
  at: 0,
  outcome: "none",
  trigger: "rising_edge",
  gates: [
    { gate: "risk", verdict: "pass", detail: "risk 77 crossed 75" },
    { gate: "consent", verdict: "pass", detail: "" },
    { gate: "holdout", verdict: "pass", detail: "" },
    { gate: "agent", verdict: "reject", detail: "nobody is available" },
    { gate: "something_new", verdict: "not_reached", detail: "" },
  ],
};

test("the short form leads with why, counts what passed and keeps what refused", () => {
  expect(mainGates(decision).map((line) => [line.words, line.verdict])).toEqual([
    ["struggle is high enough", "pass"],
    ["2 other rules", "pass"],
    ["somebody is at the desk", "reject"],
  ]);
});

test("the long form has every gate", () => {
  expect(everyGate(decision)).toHaveLength(5);
  expect(everyGate(decision)[4]?.words).toBe("something new");
});

test("an offer is told by what became of it", () => {
  expect(offerWords({ state: "displayed", waitedMs: 1620 })).toBe("shown after a wait of 1.6 s");
  expect(offerWords({ state: "displayed" })).toBe("shown at once");
  expect(offerWords({ state: "withheld", reason: "typing" })).toBe("held back: you were typing");
  expect(offerWords({ state: "withheld" })).toBe("held back: no good moment came");
});

test("evidence is counted over its time", () => {
  const one = { signal: "s", words: "w", target: "t", points: 60, at: 20_000 };
  expect(evidenceWords([])).toBe("no sign of trouble");
  expect(evidenceWords([{ ...one, points: 0 }])).toBe("no sign of trouble");
  expect(evidenceWords([one])).toBe("one signal");
  expect(evidenceWords([one, { ...one, at: 35_000 }])).toBe("2 signals within 15 s");
});
