// SPDX-License-Identifier: Apache-2.0
import type { Sample } from "./reducer";

interface Box {
  width: number;
  height: number;
  now: number;
  windowMs: number;
}

/** Above this gap there were no samples because struggle stood still (at 0), not because it glided. */
const stillMs = 1_500;

/** The samples as points of an SVG polyline; time runs left to right and ends at `now`. */
export function linePoints(samples: readonly Sample[], { width, height, now, windowMs }: Box): string {
  const x = (at: number) => Math.max(0, width * (1 - (now - at) / windowMs)).toFixed(1);
  const y = (struggle: number) => (height - (struggle / 100) * height).toFixed(1);
  const points: string[] = [];
  let before: Sample = { at: now - windowMs, struggle: levelBefore(samples, now - windowMs) };
  points.push(`${x(before.at)},${y(before.struggle)}`);
  for (const sample of samples) {
    if (sample.at < now - windowMs) continue;
    if (sample.at - before.at > stillMs) points.push(`${x(sample.at)},${y(before.struggle)}`);
    points.push(`${x(sample.at)},${y(sample.struggle)}`);
    before = sample;
  }
  points.push(`${x(now)},${y(before.struggle)}`);
  return points.join(" ");
}

/** What struggle was at the left edge: the last sample before it, or 0 where nothing was known yet. */
function levelBefore(samples: readonly Sample[], edge: number): number {
  return samples.findLast((sample) => sample.at < edge)?.struggle ?? 0;
}
