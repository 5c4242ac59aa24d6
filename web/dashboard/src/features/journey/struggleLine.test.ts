// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { stretches } from "./struggleLine";

const frame = { from: 0, to: 100_000, width: 100, height: 100 };

test("samples a second apart make one watched stretch", () => {
  const samples = [
    { at: 10_000, struggle: 60, watched: true },
    { at: 11_000, struggle: 59, watched: true },
    { at: 12_000, struggle: 58, watched: true },
  ];
  expect(stretches(samples, frame)).toEqual([{ watched: true, points: "10.0,40.0 11.0,41.0 12.0,42.0" }]);
});

test("a gap is a stretch of its own that nobody watched", () => {
  const samples = [
    { at: 10_000, struggle: 77, watched: true },
    { at: 60_000, struggle: 40, watched: true },
    { at: 61_000, struggle: 40, watched: true },
  ];
  expect(stretches(samples, frame).map((one) => one.watched)).toEqual([false, true]);
});

test("a rise out of 0 is upright", () => {
  const samples = [
    { at: 0, struggle: 0, watched: true },
    { at: 50_000, struggle: 45, watched: true },
  ];
  expect(stretches(samples, frame)).toEqual([{ watched: true, points: "0.0,100.0 50.0,100.0 50.0,55.0" }]);
});

test("from the start of a journey to a first decision nothing is known but the ends", () => {
  const samples = [
    { at: 0, struggle: 0, watched: false },
    { at: 50_000, struggle: 77, watched: false },
  ];
  expect(stretches(samples, frame)).toEqual([{ watched: false, points: "0.0,100.0 50.0,23.0" }]);
});

test("one sample is no line", () => {
  expect(stretches([{ at: 1, struggle: 5, watched: true }], frame)).toEqual([]);
});
