// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { ago, clockTime, seconds, waited } from "./time";

test("a wait ticks in minutes and seconds, and grows hours when it must", () => {
  expect(waited(38_400)).toBe("0:38");
  expect(waited(725_000)).toBe("12:05");
  expect(waited(3_727_000)).toBe("1:02:07");
  expect(waited(-500)).toBe("0:00");
});

test("ago is rough", () => {
  expect(ago(20_000)).toBe("now");
  expect(ago(4 * 60_000)).toBe("4 min");
  expect(ago(3 * 3_600_000)).toBe("3 h");
  expect(ago(25 * 3_600_000)).toBe("1 day");
  expect(ago(80 * 3_600_000)).toBe("3 days");
});

test("seconds and clock", () => {
  expect(seconds(1_640)).toBe("1.6 s");
  expect(seconds(12_400)).toBe("12 s");
  expect(clockTime(new Date(2026, 0, 1, 9, 5, 7).getTime())).toBe("09:05:07");
});
