// SPDX-License-Identifier: MIT
import type { Clock } from "../../src/tools/clock";

export interface FakeClock extends Clock {
  /** Lets time pass, running what falls due in its order and letting promises settle in between. */
  advance(ms: number): Promise<void>;
}

const WALL = 1_767_225_600_000;

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

export function createFakeClock(start = 0): FakeClock {
  let mono = start;
  let waiting: { at: number; fn: () => void }[] = [];
  return {
    now: () => WALL + mono,
    mono: () => mono,
    after(ms, fn) {
      const timer = { at: mono + ms, fn };
      waiting.push(timer);
      return () => {
        waiting = waiting.filter((other) => other !== timer);
      };
    },
    async advance(ms) {
      const end = mono + ms;
      await settle();
      for (;;) {
        const due = waiting.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        waiting = waiting.filter((timer) => timer !== due);
        mono = Math.max(mono, due.at);
        due.fn();
        await settle();
      }
      mono = end;
    },
  };
}
