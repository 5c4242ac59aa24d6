// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import { createTrackLog } from "../../test/emulate/facts";
import { createClickWatch } from "./clickWatch";

function setUp() {
  const clock = createFakeClock(1_000);
  const { track, facts } = createTrackLog();
  const watch = createClickWatch(clock, track);
  let number = 0;
  const click = () => {
    watch.press(clock.mono());
    watch.click({ click: ++number }, clock.mono(), clock.mono());
  };
  const outcomes = () =>
    facts.map(({ eventType, data }) => {
      const outcome = (eventType === "click" ? data.outcome : data) as { afterMs: number; kind: string };
      return [data.click, outcome?.afterMs, outcome?.kind];
    });
  return { clock, watch, facts, click, outcomes };
}

test("a click waits 150 ms for its first outcome, and is watched on while there is none", async () => {
  const { clock, click, outcomes } = setUp();
  click();
  await clock.advance(149);
  expect(outcomes()).toEqual([]);
  await clock.advance(5_000);
  expect(outcomes()).toEqual([
    [1, 150, "none"],
    [1, 600, "none"],
    [1, 2500, "none"],
  ]);
});

test("a reaction in time is carried by the click and nothing follows", async () => {
  const { clock, watch, click, facts } = setUp();
  click();
  await clock.advance(40);
  watch.react("mutation", clock.mono());
  watch.react("request", clock.mono());
  await clock.advance(5_000);
  expect(facts).toEqual([
    { eventType: "click", data: { click: 1, outcome: { afterMs: 150, kind: "mutation", reactionMs: 40 } } },
  ]);
});

test("a late reaction is told once, at the next mark", async () => {
  const { clock, watch, click, facts, outcomes } = setUp();
  click();
  await clock.advance(900);
  watch.react("nav", clock.mono());
  await clock.advance(5_000);
  expect(outcomes()).toEqual([
    [1, 150, "none"],
    [1, 600, "none"],
    [1, 2500, "nav"],
  ]);
  expect(facts[2]?.data.reactionMs).toBe(900);
});

test("what happened between the press and the click counts, what was before does not", async () => {
  const { clock, watch, outcomes } = setUp();
  watch.react("mutation", clock.mono() - 1);
  watch.press(clock.mono());
  watch.click({ click: 1 }, clock.mono(), clock.mono());
  await clock.advance(3_000);
  watch.press(clock.mono());
  watch.react("dialog", clock.mono() + 5);
  watch.click({ click: 2 }, clock.mono(), clock.mono() + 80);
  await clock.advance(300);
  expect(outcomes().filter(([click]) => click === 2)).toEqual([[2, 150, "dialog"]]);
  expect(outcomes()[0]).toEqual([1, 150, "none"]);
});

test("an error that follows a reaction is told too", async () => {
  const { clock, watch, click, facts } = setUp();
  click();
  watch.react("request", clock.mono() + 1);
  await clock.advance(300);
  watch.fail(clock.mono());
  await clock.advance(5_000);
  expect(facts.map(({ data }) => data)[1]).toMatchObject({ afterMs: 600, kind: "request", error: true });
  expect(facts).toHaveLength(2);
});

test("at the end of the page a waiting click goes without an outcome that nobody knows", () => {
  const { watch, click, facts } = setUp();
  click();
  watch.finish();
  expect(facts).toEqual([{ eventType: "click", data: { click: 1 } }]);
});
