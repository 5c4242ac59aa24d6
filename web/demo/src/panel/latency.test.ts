// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Decision } from "./contract";
import { createLatency } from "./latency";

const decision: Decision = {
  id: "d",
  at: 0,
  outcome: "offer",
  trigger: "rising_edge",
  gates: [],
  cause: "tab:7",
  interventionId: "i",
};

test("without a named cause the last flush before the offer counts", () => {
  const latency = createLatency();
  latency.sent({ at: 1_000, events: [{ id: "tab:7" }] });
  latency.sent({ at: 1_010, events: [{ id: "tab:8" }] });
  latency.offered({ interventionId: "i", at: 1_012 });
  expect(latency.read()).toBe(2);
});

test("the decision's cause corrects it to the flush that carried that event", () => {
  const latency = createLatency();
  latency.sent({ at: 1_000, events: [{ id: "tab:7" }] });
  latency.sent({ at: 1_010, events: [{ id: "tab:8" }] });
  latency.offered({ interventionId: "i", at: 1_012 });
  latency.decided({ ...decision, interventionId: "another" });
  expect(latency.read()).toBe(2);
  latency.decided(decision);
  expect(latency.read()).toBe(12);
});

test("an offer without a recent flush is not measured, and the same offer told again is not either", () => {
  const latency = createLatency();
  latency.offered({ interventionId: "i", at: 500 });
  expect(latency.read()).toBeUndefined();
  latency.sent({ at: 1_000, events: [] });
  latency.offered({ interventionId: "i", at: 1_003 });
  expect(latency.read()).toBeUndefined();
  latency.offered({ interventionId: "j", at: 9_000 });
  expect(latency.read()).toBeUndefined();
});
