// SPDX-License-Identifier: MIT
import type { Clock } from "../tools/clock";
import { guard } from "../tools/guard";

export function createBrowserClock(): Clock {
  return {
    now: () => Date.now(),
    mono: () => performance.now(),
    after(ms, fn) {
      const id = setTimeout(guard(fn), ms);
      return () => clearTimeout(id);
    },
  };
}
