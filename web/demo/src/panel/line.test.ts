// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { linePoints } from "./line";

const box = { width: 120, height: 100, now: 120_000, windowMs: 120_000 };

test("with no samples the line lies on the ground", () => {
  expect(linePoints([], box)).toBe("0.0,100.0 120.0,100.0");
});

test("a rise out of stillness is upright, and the last level is held to the edge", () => {
  expect(linePoints([{ at: 60_000, struggle: 50 }], box)).toBe("0.0,100.0 60.0,100.0 60.0,50.0 120.0,50.0");
});

test("samples a second apart are joined", () => {
  const samples = [
    { at: 119_000, struggle: 60 },
    { at: 120_000, struggle: 59 },
  ];
  expect(linePoints(samples, box)).toBe("0.0,100.0 119.0,100.0 119.0,40.0 120.0,41.0 120.0,41.0");
});

test("the level before the window enters at its left edge", () => {
  expect(linePoints([{ at: -5_000, struggle: 20 }], box)).toBe("0.0,80.0 120.0,80.0");
});
