// SPDX-License-Identifier: Apache-2.0
import type { Sample } from "./watchReducer";

export interface Stretch {
  /** Whether struggle was watched here, or only its ends are known. */
  watched: boolean;
  points: string;
}

export interface Frame {
  from: number;
  to: number;
  width: number;
  height: number;
}

/** While struggle is above 0 the server tells it each second; a longer gap means that nobody was watching. */
const watchedGapMs = 2_500;

export function place(sample: Sample, { from, to, width, height }: Frame): { x: number; y: number } {
  const x = to > from ? ((sample.at - from) / (to - from)) * width : width;
  return { x: Math.min(Math.max(x, 0), width), y: height - (sample.struggle / 100) * height };
}

/** The line in stretches, so that what was not watched can be drawn as a guess. Stillness at 0 counts as watched. */
export function stretches(samples: readonly Sample[], frame: Frame): Stretch[] {
  const result: Stretch[] = [];
  const sorted = [...samples].sort((a, b) => a.at - b.at);
  for (const [index, sample] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || sample.at < frame.from) continue;
    const watched = sample.at - before.at <= watchedGapMs || before.struggle === 0;
    const { x, y } = place(sample, frame);
    const start = place(before, frame);
    const still = before.struggle === 0 && sample.at - before.at > watchedGapMs ? ` ${x.toFixed(1)},${start.y.toFixed(1)}` : "";
    const step = `${still} ${x.toFixed(1)},${y.toFixed(1)}`;
    const open = result.at(-1);
    if (open?.watched === watched) open.points += step;
    else result.push({ watched, points: `${start.x.toFixed(1)},${start.y.toFixed(1)}${step}` });
  }
  return result;
}
