// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Folded } from "../../api/types";
import { reading, sampleAnalysis } from "./sampleReading";
import { reduceWatch, unwatched } from "./watchReducer";

const folded: Folded = {
  offset: 7,
  at: 2_000,
  record: "event",
  words: "w",
  struggle: 45,
  risk: 45,
  level: "medium",
};

test("attributes bring the journey and its highest risk", () => {
  const state = reduceWatch(unwatched, {
    type: "attributes",
    attributes: {
      visitor: "v",
      at: 1_000,
      struggle: 31,
      risk: 31,
      level: "low",
      contributions: [],
      signals: [],
      journey: { id: "j", startedAt: 0, lastAt: 900, events: 12, highestRisk: 77 },
    },
  });
  expect(state.highestRisk).toBe(77);
  expect(state.journey?.events).toBe(12);
  expect(state.beginnings).toBe(1);
  expect(state.samples).toEqual([{ at: 1_000, struggle: 31 }]);
});

test("a record told twice is one record and one sample", () => {
  const once = reduceWatch(unwatched, { type: "folded", folded });
  expect(reduceWatch(once, { type: "folded", folded })).toBe(once);
});

test("the highest risk is kept while the score falls", () => {
  let state = reduceWatch(unwatched, { type: "folded", folded: { ...folded, risk: 80 } });
  state = reduceWatch(state, {
    type: "struggle",
    score: { at: 3_000, struggle: 20, risk: 20, level: "low" },
  });
  expect(state.highestRisk).toBe(80);
  expect(state.score?.risk).toBe(20);
});

test("the time of the loss is when the stream went, not the last try", () => {
  let state = reduceWatch(unwatched, { type: "live", live: true, now: 1 });
  state = reduceWatch(state, { type: "live", live: false, now: 5 });
  state = reduceWatch(state, { type: "live", live: false, now: 9 });
  expect(state.knownAt).toBe(5);
  expect(reduceWatch(state, { type: "live", live: true, now: 12 }).knownAt).toBeUndefined();
});

test("the newest reading stands until there is another, also a live one", () => {
  let state = reduceWatch(unwatched, {
    type: "attributes",
    attributes: {
      ...{ visitor: "v", at: 1_000, struggle: 31, risk: 31, level: "low", contributions: [], signals: [] },
      analysis: sampleAnalysis,
    },
  });
  state = reduceWatch(state, { type: "folded", folded });
  expect(state.analysis?.id).toBe("a");
  state = reduceWatch(state, {
    type: "folded",
    folded: { ...folded, offset: 8, signals: [reading("b", 2_100)] },
  });
  expect(state.analysis?.id).toBe("b");
});
