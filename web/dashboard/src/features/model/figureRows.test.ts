// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { chanceLogLoss, figureRows } from "./figureRows";
import { sampleHealth, sampleReport } from "./sampleReport";

test("every figure stands beside what guessing would reach", () => {
  const rows = figureRows(sampleReport, undefined);
  expect(rows.every((row) => row.against.length > 0)).toBe(true);
  expect(rows.find((row) => row.name === "Log loss")?.against).toBe(
    "always the base rate: 0.562; less is better",
  );
  expect(rows.at(-1)?.name).toBe("Precision at 10 % alerts");
});

test("live figures stand beside those at training, where there are any", () => {
  const live = Object.fromEntries(
    figureRows(sampleReport, sampleHealth).map(({ name, live }) => [name, live]),
  );
  expect(live).toMatchObject({ AUC: 0.74, "Log loss": 0.55, "Calibration error (ECE)": 0.041 });
  expect(live["Brier skill"]).toBeUndefined();
});

test("an interval that reaches beyond the usual frame widens it", () => {
  const report = { ...sampleReport, logLoss: { value: 1.4, low: 1.1, high: 1.7 } };
  expect(figureRows(report, undefined).find((row) => row.name === "Log loss")?.frame).toEqual([0, 1.7]);
});

test("the log loss of a constant", () => {
  expect(chanceLogLoss(0.5)).toBeCloseTo(Math.LN2);
  expect([chanceLogLoss(0), chanceLogLoss(1), chanceLogLoss(null)]).toEqual([null, null, null]);
});
