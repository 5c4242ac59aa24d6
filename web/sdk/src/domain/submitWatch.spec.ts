// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import { createSubmitWatch } from "./submitWatch";

function setUp() {
  const clock = createFakeClock();
  const results: unknown[] = [];
  let shows = false;
  const watch = createSubmitWatch<string>({
    clock,
    showsInvalid: () => shows,
    report: (form, result, details) => results.push([form, result, details]),
  });
  const setInvalid = (invalid: boolean) => {
    shows = invalid;
  };
  return { clock, watch, results, setInvalid };
}

test("fields found invalid at once decide, before any request", async () => {
  const { clock, watch, results } = setUp();
  watch.attempt("f");
  await clock.advance(30);
  watch.foundInvalid("f");
  watch.foundInvalid("f");
  await clock.advance(5_000);
  expect(results).toEqual([["f", "invalid", { ms: 30 }]]);
});

test.each([
  [200, "ok"],
  [302, "ok"],
  [422, "failed"],
  [500, "failed"],
])("the first request decides: %i is %s", async (status, result) => {
  const { clock, watch, results } = setUp();
  watch.attempt("f");
  watch.requestStarted(1);
  watch.requestStarted(2);
  await clock.advance(700);
  watch.requestEnded(2, 500);
  watch.requestEnded(1, status);
  await clock.advance(5_000);
  expect(results).toEqual([["f", result, { ms: 750, status }]]);
});

test("no answer is failed, and a request that the page gave up tells nothing", async () => {
  const failed = setUp();
  failed.watch.attempt("f");
  failed.watch.requestStarted(1);
  failed.watch.requestEnded(1, 0);
  await failed.clock.advance(100);
  expect(failed.results).toEqual([["f", "failed", { ms: 50 }]]);
  const aborted = setUp();
  aborted.watch.attempt("f");
  aborted.watch.requestStarted(1);
  aborted.watch.requestEnded(1, undefined);
  await aborted.clock.advance(100);
  expect(aborted.results).toEqual([["f", "unknown", { ms: 50 }]]);
});

test("marks that stayed from the last try decide only when no request says otherwise", async () => {
  const stale = setUp();
  stale.setInvalid(true);
  stale.watch.attempt("f");
  stale.watch.requestStarted(1);
  await stale.clock.advance(400);
  stale.watch.requestEnded(1, 200);
  await stale.clock.advance(100);
  expect(stale.results).toEqual([["f", "ok", { ms: 450, status: 200 }]]);
  const refused = setUp();
  refused.setInvalid(true);
  refused.watch.attempt("f");
  await refused.clock.advance(150);
  expect(refused.results).toEqual([["f", "invalid", { ms: 150 }]]);
});

test("without a request and without marks it stays unknown", async () => {
  const { clock, watch, results } = setUp();
  watch.attempt("f");
  await clock.advance(1_000);
  expect(results).toEqual([["f", "unknown", { ms: 1_000 }]]);
});

test("a request that begins after a second belongs to something else", async () => {
  const { clock, watch, results } = setUp();
  watch.attempt("f");
  await clock.advance(1_100);
  watch.requestStarted(1);
  watch.requestEnded(1, 500);
  await clock.advance(1_000);
  expect(results).toEqual([["f", "unknown", { ms: 1_000 }]]);
});

test("what the application reports itself is not reported again", async () => {
  const { clock, watch, results } = setUp();
  watch.attempt("f");
  watch.requestStarted(1);
  watch.requestEnded(1, 500);
  watch.cancel("f");
  await clock.advance(40_000);
  expect(results).toEqual([]);
});
