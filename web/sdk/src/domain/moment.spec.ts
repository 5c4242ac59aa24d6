// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import { type PageState, waitForMoment } from "./moment";

const CALM: PageState = {
  ageMs: 60_000,
  sinceKeyMs: Number.POSITIVE_INFINITY,
  isDialogOpen: false,
  isFrameFocused: false,
  isVisible: true,
};

function setUp(over: Partial<PageState> = {}, wait: { isAgeKnown?: boolean; lifeMs?: number } = {}) {
  const clock = createFakeClock();
  const state = { ...CALM, ...over };
  const ends: unknown[] = [];
  let isPaused = false;
  const page = () => ({
    ...state,
    ageMs: state.ageMs + clock.mono(),
    sinceKeyMs: state.sinceKeyMs + clock.mono(),
  });
  const cancel = waitForMoment(
    { clock, page, isPaused: () => isPaused },
    {
      isAgeKnown: false,
      lifeMs: 120_000,
      onReady: (ms) => ends.push(ms),
      onGiveUp: (reason) => ends.push(reason),
      onExpired: () => ends.push("expired"),
      ...wait,
    },
  );
  const pause = (paused: boolean) => {
    isPaused = paused;
  };
  return { clock, state, ends, cancel, pause };
}

test("a calm page is ready at once", () => {
  expect(setUp().ends).toEqual([0]);
});

test("a young page waits until it is eight seconds old, unless the offer was seen before", async () => {
  const young = setUp({ ageMs: 3_000 });
  await young.clock.advance(4_999);
  expect(young.ends).toEqual([]);
  await young.clock.advance(1);
  expect(young.ends).toEqual([5_000]);
  expect(setUp({ ageMs: 3_000 }, { isAgeKnown: true }).ends).toEqual([0]);
});

test("waits 1.5 s from the last key press, however often it comes", async () => {
  const { clock, state, ends } = setUp({ sinceKeyMs: 0 });
  await clock.advance(1_000);
  state.sinceKeyMs = -clock.mono();
  await clock.advance(1_499);
  expect(ends).toEqual([]);
  await clock.advance(1);
  expect(ends).toEqual([2_500]);
});

test.each([
  ["hidden", { isVisible: false }],
  ["dialog_open", { isDialogOpen: true }],
  ["payment_frame", { isFrameFocused: true }],
] as const)("gives up after 30 s with the reason %s", async (reason, over) => {
  const { clock, ends } = setUp(over);
  await clock.advance(29_999);
  expect(ends).toEqual([]);
  await clock.advance(1);
  expect(ends).toEqual([reason]);
});

test("a pause by the page counts, and its end is noticed soon", async () => {
  const { clock, ends, pause, state } = setUp({ isDialogOpen: true });
  pause(true);
  state.isDialogOpen = false;
  await clock.advance(1_000);
  expect(ends).toEqual([]);
  pause(false);
  await clock.advance(250);
  expect(ends).toHaveLength(1);
});

test("an offer past its end is not shown", async () => {
  expect(setUp({}, { lifeMs: 0 }).ends).toEqual(["expired"]);
  const { clock, ends } = setUp({ isDialogOpen: true }, { lifeMs: 4_000 });
  await clock.advance(5_000);
  expect(ends).toEqual(["expired"]);
});

test("a cancelled wait ends in silence", async () => {
  const { clock, ends, cancel } = setUp({ isDialogOpen: true });
  cancel();
  await clock.advance(60_000);
  expect(ends).toEqual([]);
});
