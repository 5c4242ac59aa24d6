// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { gateName } from "../../../../tokens/gates";
import type { Decision } from "../../api/types";
import { reasonSentence, scoreSentence } from "./why";

const reason = { signal: "s", target: "t", grade: "g" };
const decision: Decision = {
  id: "d",
  at: 0,
  outcome: "offer",
  trigger: "rising_edge",
  risk: 77,
  struggle: 77,
  level: "high",
  gates: [],
  contributions: [
    { ...reason, words: "term invalid, twice", points: 43 },
    { ...reason, words: "submit failed twice", points: 60 },
    { ...reason, words: "long gone", points: 0 },
  ],
};

test("reasons read as a sentence, the heaviest first", () => {
  expect(reasonSentence(decision)).toBe("Submit failed twice and term invalid, twice.");
  expect(reasonSentence({ ...decision, contributions: [] })).toBe("No single reason was recorded.");
});

test("the score says which rule it met", () => {
  expect(scoreSentence(decision)).toBe("Risk rose to 77 (high).");
  expect(scoreSentence({ ...decision, trigger: "persistent_risk", risk: 80 })).toBe(
    "Risk stayed high, at 80 (high), struggle itself 77.",
  );
});

test("gates have names, known or not", () => {
  expect(gateName("holdout")).toBe("not in the control group");
  expect(gateName("new_rule")).toBe("new rule");
});
