// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { clockTime, duration, milliseconds, money, wholeMoney } from "./format";

test("money keeps its cents, the axis drops them", () => {
  expect(money(47390)).toBe("€473.90");
  expect(money(0)).toBe("€0.00");
  expect(wholeMoney(2_400_000)).toBe("€24,000");
});

test("a duration is told in years and months", () => {
  expect(duration(6)).toBe("6 months");
  expect(duration(12)).toBe("1 year");
  expect(duration(13)).toBe("1 year 1 month");
  expect(duration(60)).toBe("5 years");
  expect(duration(0)).toBe("0 months");
});

test("clock time has a fixed width", () => {
  const at = new Date(2026, 0, 2, 3, 4, 5, 678).getTime();
  expect(clockTime(at)).toBe("03:04:05.6");
});

test("milliseconds show a decimal only where it means something", () => {
  expect(milliseconds(2.71)).toBe("2.7");
  expect(milliseconds(41.4)).toBe("41");
  expect(milliseconds(1620)).toBe("1,620");
});
