// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { binsOf, dotsOf, intervalOf, lineOf, mapLine, probabilityAt } from "./scales";

test("groups that hold nothing are not drawn, at training and live", () => {
  const rows = [
    { rows: 0, predicted: 0, observed: 0 },
    { rows: 3, predicted: 0.2, observed: 1 },
    { rows: 3, predicted: null, observed: null },
  ];
  expect(binsOf(rows)).toEqual([{ predicted: 0.2, observed: 1, size: 3 }]);
  expect(binsOf([{ journeys: 7, predicted: 0.5, observed: 0.4 }])).toEqual([
    { predicted: 0.5, observed: 0.4, size: 7 },
  ]);
  expect(binsOf(undefined)).toEqual([]);
});

test("a group lies at what was foretold and what came, as large as its size", () => {
  const dots = dotsOf(
    [
      { predicted: 1, observed: 1, size: 400 },
      { predicted: 0.25, observed: 0.5, size: 100 },
    ],
    300,
  );
  expect(dots[0]).toMatchObject({ x: 300, y: 0, radius: 11 });
  expect(dots[1]).toMatchObject({ x: 75, y: 150, radius: 6.75 });
  expect(lineOf(dots)).toBe("75.0,150.0 300.0,0.0");
  expect(dotsOf([], 300)).toEqual([]);
});

test("an interval stays within its frame, and is not drawn where it is not known", () => {
  expect(intervalOf({ value: 0.75, low: 0.6, high: 0.9 }, [0.5, 1])).toEqual({
    value: 0.5,
    low: expect.closeTo(0.2),
    high: expect.closeTo(0.8),
  });
  expect(intervalOf({ value: -0.3, low: -0.7, high: 0 }, [0, 1])).toEqual({ value: 0, low: 0, high: 0 });
  expect(intervalOf({ value: null, low: null, high: null }, [0, 1])).toBeUndefined();
});

const points = [
  { probability: 0.2, score: 0 },
  { probability: 0.6, score: 50 },
  { probability: 0.8, score: 75 },
];

test("the map is level before its first point and beyond its last", () => {
  expect(mapLine(points, 100, 100)).toBe("0.0,100.0 20.0,100.0 60.0,50.0 80.0,25.0 100.0,25.0");
  expect(mapLine([], 100, 100)).toBe("");
});

test("the probability that a score begins at", () => {
  expect(probabilityAt(points, 75)).toBeCloseTo(0.8);
  expect(probabilityAt(points, 60)).toBeCloseTo(0.68);
  expect(probabilityAt(points, 0)).toBe(0);
  expect(probabilityAt(points, 80)).toBeUndefined();
});
