// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Labels, TrainingFacts } from "../../api/modelTypes";
import { droppedWords, leftOutWords, settingsWords } from "./lineageWords";

const part = { rows: 1, journeysExit: 1, journeysOther: 1, firstAt: "", lastAt: "", baseRate: null };
const facts: TrainingFacts = {
  fit: part,
  validation: part,
  test: part,
  rowsDropped: 0,
  trees: 71,
  calibration: "Platt",
  recentShift: 0,
  xgboostVersion: "1.7.4",
};
const labels: Labels = { journeys: 9, goals: 4, exits: 3, weighted: 0, from: 0, to: 0 };

test("every column that was left out has its reason", () => {
  expect(droppedWords(facts)).toBe("none");
  expect(
    droppedWords({
      ...facts,
      columnsDropped: [
        { name: "submits", why: "same", sameAs: "failed_submits" },
        { name: "month", why: "elsewhere later", sameAs: null },
        { name: "errors", why: "constant", sameAs: null },
        { name: "device", sameAs: null },
      ],
    }),
  ).toBe("submits (as failed_submits), month (lies elsewhere later), errors (constant), device (constant)");
});

test("only what was left out is told", () => {
  expect(leftOutWords(labels)).toBe("none");
  expect(leftOutWords({ ...labels, censored: 2, helped: 0, bots: 46 })).toBe(
    "2 went on, or nobody can tell, 46 were programs",
  );
});

test("an imported model says what nobody here can know", () => {
  expect(settingsWords(facts)).toBe("not known: trained elsewhere");
  expect(settingsWords({ ...facts, settings: { max_depth: 4, eta: 0.04 }, trials: [{}] })).toBe(
    "max_depth 4, eta 0.04; 1 setting tried",
  );
});
