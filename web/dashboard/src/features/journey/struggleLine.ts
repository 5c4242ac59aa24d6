// SPDX-License-Identifier: Apache-2.0
import type { Sample } from "./watchReducer";

/** A known value of struggle; `watched` where it came by the live stream, so that what follows it is known too. */
export interface Known extends Sample {
  watched: boolean;
}

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

/** The line in stretches, so that what was not watched can be drawn as a guess. Watched stillness at 0 is known. */
export function stretches(samples: readonly Known[], frame: Frame): Stretch[] {
  const result: Stretch[] = [];
  const sorted = [...samples].sort((a, b) => a.at - b.at);
  for (const [index, sample] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || sample.at < frame.from) continue;
    const gap = sample.at - before.at > watchedGapMs;
    const stillAtZero = gap && before.watched && before.struggle === 0;
    const watched = !gap || stillAtZero;
    const { x, y } = place(sample, frame);
    const start = place(before, frame);
    const ground = stillAtZero ? ` ${x.toFixed(1)},${start.y.toFixed(1)}` : "";
    const step = `${ground} ${x.toFixed(1)},${y.toFixed(1)}`;
    const open = result.at(-1);
    if (open?.watched === watched) open.points += step;
    else result.push({ watched, points: `${start.x.toFixed(1)},${start.y.toFixed(1)}${step}` });
  }
  return result;
}
