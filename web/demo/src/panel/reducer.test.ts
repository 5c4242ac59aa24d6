// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Decision, Folded } from "./contract";
import { emptyPanel, type PanelAction, type PanelState, reducePanel } from "./reducer";

const start = 1_700_000_000_000;

function folded(offset: number, more: Partial<Folded> = {}): Folded {
  return {
    offset,
    at: start + offset * 1000,
    record: "event",
    words: `event ${offset}`,
    tag: "fact",
    struggle: 0,
    risk: 0,
    level: "low",
    ...more,
  };
}

function fold(state: PanelState, one: Folded): PanelState {
  return reducePanel(state, { type: "folded", folded: one, receivedAt: one.at - 40 });
}

test("the newest event stands first and is counted", () => {
  const state = fold(fold(emptyPanel, folded(1)), folded(2, { words: "submit · failed", tag: "signal" }));
  expect(state.rows.map((row) => row.words)).toEqual(["submit · failed", "event 1"]);
  expect(state.eventCount).toBe(2);
  expect(state.clockAheadMs).toBe(40);
});

test("an answer is listed but is no event", () => {
  const state = fold(emptyPanel, folded(1, { record: "answer", tag: "offer" }));
  expect(state.rows).toHaveLength(1);
  expect(state.eventCount).toBe(0);
});

test("the same offset twice changes nothing", () => {
  const once = fold(emptyPanel, folded(1, { struggle: 40 }));
  expect(fold(once, folded(1, { struggle: 90 }))).toBe(once);
});

test("the list is bounded", () => {
  let state = emptyPanel;
  for (let offset = 1; offset <= 100; offset++) state = fold(state, folded(offset));
  expect(state.rows).toHaveLength(60);
  expect(state.rows[0]?.words).toBe("event 100");
});

test("the line keeps two minutes and one sample before them", () => {
  let state = emptyPanel;
  for (let offset = 1; offset <= 200; offset++) state = fold(state, folded(offset, { struggle: 10 }));
  expect(state.samples.at(-1)?.at).toBe(start + 200_000);
  expect(state.samples[0]?.at).toBe(start + 79_000);
});

test("a decision stays while ordinary events follow, and brings the server's own time", () => {
  const decision = { id: "d", at: start, outcome: "offer", trigger: "rising_edge", gates: [] } as const;
  const offered = fold(
    emptyPanel,
    folded(1, {
      decision: { ...decision, gates: [] },
      intervention: { state: "pending" },
      receivedToFoldedUs: 2100,
    }),
  );
  const later = fold(offered, folded(2, { receivedToFoldedUs: 900 }));
  expect(later.decision?.id).toBe("d");
  expect(later.intervention?.state).toBe("pending");
  expect(later.offerFoldedUs).toBe(2100);
  const shown = fold(later, folded(3, { intervention: { state: "displayed", waitedMs: 1620 } }));
  expect(shown.intervention?.waitedMs).toBe(1620);
});

test("a new decision forgets what became of the earlier offer", () => {
  const shown = fold(emptyPanel, folded(1, { intervention: { state: "dismissed" } }));
  const decision = { id: "e", at: start, outcome: "none", trigger: "rising_edge", gates: [] } as const;
  expect(fold(shown, folded(2, { decision: { ...decision, gates: [] } })).intervention).toBeUndefined();
});

test("what was read of earlier gives way to what came live", () => {
  const decision: Decision = { id: "old", at: start, outcome: "offer", trigger: "rising_edge", gates: [] };
  const earlier: PanelAction = { type: "earlier", decision, intervention: { state: "snoozed" } };
  expect(reducePanel(emptyPanel, earlier).intervention?.state).toBe("snoozed");
  const live = fold(emptyPanel, folded(1, { decision: { ...decision, id: "new" } }));
  expect(reducePanel(live, earlier).decision?.id).toBe("new");
});

test("attributes after a reconnect add only what was missed", () => {
  const before = fold(emptyPanel, folded(5));
  const state = reducePanel(before, {
    type: "attributes",
    receivedAt: start + 8000,
    attributes: {
      at: start + 8000,
      struggle: 12,
      risk: 12,
      level: "low",
      contributions: [],
      journey: { events: 7 },
      recent: [
        { at: start + 5000, type: "click", words: "event 5" },
        { at: start + 6000, type: "click", words: "event 6" },
        { at: start + 7000, type: "click", words: "event 7" },
      ],
    },
  });
  expect(state.rows.map((row) => row.words)).toEqual(["event 7", "event 6", "event 5"]);
  expect(state.eventCount).toBe(7);
});

test("a score between events moves number and line but no row", () => {
  const state = reducePanel(fold(emptyPanel, folded(1)), {
    type: "struggle",
    receivedAt: start + 2000,
    score: { at: start + 2000, struggle: 59, risk: 59, level: "medium" },
  });
  expect(state.struggle).toBe(59);
  expect(state.rows).toHaveLength(1);
  expect(state.samples).toHaveLength(2);
});
