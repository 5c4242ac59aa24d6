// SPDX-License-Identifier: Apache-2.0
import type { Figure, ModelHealth, Report } from "../../api/modelTypes";
import { decimal, percent } from "./numbers";

export interface FigureRow {
  name: string;
  figure: Figure;
  /** As text: a share or a plain number. */
  write(value: number | null | undefined): string;
  /** The ends of the interval's frame. */
  frame: readonly [number, number];
  live?: number | null | undefined;
  /** What it is compared with. */
  against: string;
}

const plain = (value: number | null | undefined) => decimal(value);
const share = (value: number | null | undefined) => percent(value);

/** What always saying the base rate would cost. */
export function chanceLogLoss(rate: number | null): number | null {
  if (rate === null || rate <= 0 || rate >= 1) return null;
  return -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
}

/** The frame reaches as far as the figure does, and at least to `end`. */
const upTo = (end: number, { high }: Figure): readonly [number, number] => [0, Math.max(end, high ?? 0)];

export function figureRows(test: Report, health: ModelHealth | undefined): FigureRow[] {
  const chance = chanceLogLoss(test.baseRate);
  return [
    {
      name: "AUC",
      figure: test.auc,
      write: plain,
      frame: [0.5, 1],
      live: health?.auc,
      against: "guessing: 0.5, perfect: 1",
    },
    {
      name: "Average precision",
      figure: test.averagePrecision,
      write: plain,
      frame: [0, 1],
      against: `guessing: ${decimal(test.baseRate)}`,
    },
    {
      name: "Log loss",
      figure: test.logLoss,
      write: plain,
      frame: upTo(1, test.logLoss),
      live: health?.logLoss,
      against:
        chance === null ? "less is better" : `always the base rate: ${decimal(chance)}; less is better`,
    },
    {
      name: "Brier skill",
      figure: test.brierSkill,
      write: plain,
      frame: [-1, 1],
      against: "always the base rate: 0; below it is worse",
    },
    {
      name: "Calibration error (ECE)",
      figure: test.ece,
      write: plain,
      frame: upTo(0.5, test.ece),
      live: health?.calibrationError,
      against: "perfect: 0; live above 0.1 is an alarm",
    },
    {
      name: `Precision at ${percent(test.alert.rate, 0)} alerts`,
      figure: test.alert.precision,
      write: share,
      frame: [0, 1],
      against: `exits among all rows: ${percent(test.baseRate)}`,
    },
  ];
}
