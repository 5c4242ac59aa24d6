// SPDX-License-Identifier: MIT
// @vitest-environment jsdom
import { expect, test } from "vitest";
import { createFakeClock } from "../../../test/emulate/clock";
import { createTrackLog } from "../../../test/emulate/facts";
import type { CapturePort } from "../../domain/ports";
import { listen } from "../listen";
import { watchExitIntent } from "./exitIntent";

function setUp(start: number) {
  const clock = createFakeClock(start);
  const { track, facts } = createTrackLog();
  watchExitIntent({ clock, listen, track } as unknown as CapturePort);
  const at = (type: string, clientY: number) => document.dispatchEvent(new MouseEvent(type, { clientY }));
  /** Moves the pointer from the middle of the page out through the top. */
  async function leave(ms: number) {
    at("pointermove", 400);
    await clock.advance(ms);
    at("mouseout", -1);
  }
  return { clock, facts, leave };
}

test("a fast way out through the top is told once in ten seconds", async () => {
  const { clock, facts, leave } = setUp(6_000);
  await leave(200);
  await clock.advance(1_000);
  await leave(200);
  expect(facts).toEqual([{ eventType: "exit_intent", data: { kind: "top" } }]);
  await clock.advance(10_000);
  await leave(200);
  expect(facts).toHaveLength(2);
});

test("a slow way out and a young page tell nothing", async () => {
  const slow = setUp(6_000);
  await slow.leave(1_000);
  expect(slow.facts).toEqual([]);
  const young = setUp(1_000);
  await young.leave(200);
  expect(young.facts).toEqual([]);
});
