// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createRepeatFilter } from "./repeats";
import { createUrgency } from "./urgency";

test("the third unanswered click on the same thing is urgent, and so is each one after it", () => {
  const isUrgent = createUrgency();
  const dead = { key: "button:a", outcome: { kind: "none" } };
  expect([0, 200, 400, 600].map((at) => isUrgent("click", dead, at))).toEqual([false, false, true, true]);
  expect(isUrgent("click", dead, 5_000)).toBe(false);
});

test("answered clicks are not urgent", () => {
  const isUrgent = createUrgency();
  const alive = { key: "button:a", outcome: { kind: "mutation" } };
  expect([0, 200, 400].map((at) => isUrgent("click", alive, at))).toEqual([false, false, false]);
});

test.each([
  ["click_outcome", { kind: "none" }, true],
  ["click_outcome", { kind: "nav" }, false],
  ["validation", { when: "submit" }, true],
  ["validation", { when: "input" }, false],
  ["submit", { result: "failed" }, true],
  ["submit", { result: "ok" }, false],
  ["struggle_signal", {}, true],
  ["exit_intent", {}, true],
  ["page", {}, false],
])("%s %o", (eventType, data, expected) => {
  expect(createUrgency()(eventType, data, 0)).toBe(expected);
});

test("the same field found invalid on the same occasion counts once within 300 ms", () => {
  const isRepeat = createRepeatFilter();
  const found = (when: string, at: number) => isRepeat("validation", { key: "input:a", when }, at);
  expect([found("blur", 0), found("submit", 10), found("blur", 299), found("blur", 300)]).toEqual([
    false,
    false,
    true,
    false,
  ]);
});
