// SPDX-License-Identifier: Apache-2.0
import type { Figure, ModelHealth, Report } from "../../api/modelTypes";

const figure = (value: number): Figure => ({ value, low: value - 0.1, high: value + 0.1 });

/** A card's report, for tests. */
export const sampleReport: Report = {
  rows: 820,
  journeys: 152,
  journeysExit: 95,
  visitors: 152,
  firstAt: "2026-11-24T17:00:28Z",
  lastAt: "2026-11-28T16:20:32Z",
  baseRate: 0.75,
  meanProbability: 0.55,
  auc: figure(0.71),
  averagePrecision: figure(0.87),
  logLoss: figure(0.67),
  brier: figure(0.23),
  brierSkill: figure(-0.28),
  ece: figure(0.23),
  accuracy: 0.69,
  balancedAccuracy: 0.69,
  majorityAccuracy: 0.75,
  alert: {
    rate: 0.1,
    probability: 0.93,
    share: 0.1,
    precision: figure(0.85),
    recall: 0.12,
    journeysRecall: 0.11,
    leadEvents: 28,
  },
  reliability: [
    { rows: 0, predicted: 0, observed: 0 },
    { rows: 94, predicted: 0.115, observed: 0.457 },
    { rows: 45, predicted: 0.94, observed: 0.933 },
  ],
  prefixes: [],
  coverage: [],
};

/** A model's health, for tests. */
export const sampleHealth: ModelHealth = {
  scored: 12_030,
  labels: { known: 812, waitedFor: 208, delaySeconds: 2_040, judged: 812 },
  auc: 0.74,
  calibrationError: 0.041,
  logLoss: 0.55,
  baseRate: 0.68,
  scoreStabilityIndex: 0.08,
  drifting: [],
  alarms: [],
};
