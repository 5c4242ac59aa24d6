// SPDX-License-Identifier: Apache-2.0
import type { Figure, ScorePoint } from "../../api/modelTypes";

/** A group of predictions that were alike: what was foretold, what came, and how many they were. */
export interface Bin {
  predicted: number;
  observed: number;
  size: number;
}

interface RawBin {
  predicted: number | null;
  observed: number | null;
  rows?: number;
  journeys?: number;
}

/** Groups that hold something. An empty one has no share of exits, whatever stands in it. */
export function binsOf(raw: readonly RawBin[] | undefined): Bin[] {
  return (raw ?? []).flatMap(({ predicted, observed, rows, journeys }) => {
    const size = rows ?? journeys ?? 0;
    return size > 0 && predicted !== null && observed !== null ? [{ predicted, observed, size }] : [];
  });
}

export interface Dot extends Bin {
  x: number;
  y: number;
  radius: number;
}

const smallest = 2.5;
const largest = 11;

/** Places groups in a square of `side`; a group's area grows with its size, so that small ones are not taken for much. */
export function dotsOf(bins: readonly Bin[], side: number): Dot[] {
  const most = Math.max(1, ...bins.map((bin) => bin.size));
  return bins.map((bin) => ({
    ...bin,
    x: bin.predicted * side,
    y: (1 - bin.observed) * side,
    radius: smallest + (largest - smallest) * Math.sqrt(bin.size / most),
  }));
}

/** The line through the groups, from left to right. */
export function lineOf(dots: readonly Dot[]): string {
  return [...dots]
    .sort((a, b) => a.x - b.x)
    .map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`)
    .join(" ");
}

const within = (value: number) => Math.min(Math.max(value, 0), 1);

/** Where an interval lies between `from` and `to`, as shares of the width; nothing where it is not known. */
export function intervalOf(
  { value, low, high }: Figure,
  [from, to]: readonly [number, number],
): { low: number; high: number; value: number } | undefined {
  if (value === null || low === null || high === null) return undefined;
  const place = (one: number) => within((one - from) / (to - from));
  return { low: place(low), high: place(high), value: place(value) };
}

/** The map from probability to score, straight between its points and level beyond them. */
export function mapLine(points: readonly ScorePoint[], width: number, height: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return "";
  const all = [{ probability: 0, score: first.score }, ...points, { probability: 1, score: last.score }];
  return all
    .map(
      ({ probability, score }) =>
        `${(probability * width).toFixed(1)},${(height - (score / 100) * height).toFixed(1)}`,
    )
    .join(" ");
}

/** The least probability whose score reaches `bar`; nothing where none does. */
export function probabilityAt(points: readonly ScorePoint[], bar: number): number | undefined {
  const above = points.findIndex((point) => point.score >= bar);
  const high = points[above];
  const low = points[above - 1];
  if (!high) return undefined;
  if (!low) return 0;
  return (
    low.probability + ((bar - low.score) / (high.score - low.score)) * (high.probability - low.probability)
  );
}
