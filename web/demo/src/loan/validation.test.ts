// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { changed, checkAll, checked, loanOf, parseNumber } from "./validation";

const draft = { amount: "24000", rate: "6.9", term: "60", purpose: "home" };

test("a number may carry thousands separators or a decimal comma", () => {
  expect(parseNumber(" 24,000 ")).toBe(24000);
  expect(parseNumber("6,9")).toBe(6.9);
  expect(parseNumber("1,234.5")).toBe(1234.5);
});

test("what is no number is not guessed at", () => {
  for (const text of ["", "five", "1e9", "12 months", "--3"]) expect(parseNumber(text)).toBeNaN();
});

test("a good draft becomes a loan in cents", () => {
  expect(checkAll(draft)).toEqual({});
  expect(loanOf(draft)).toEqual({ amount: 2_400_000, ratePercent: 6.9, months: 60 });
});

test("the limits themselves are allowed, a step beyond is not", () => {
  for (const term of ["6", "120"]) expect(checkAll({ ...draft, term })).toEqual({});
  for (const term of ["0", "5", "121", "-6", ""])
    expect(checkAll({ ...draft, term }).term).toMatch(/6 and 120/);
  for (const rate of ["0.1", "25"]) expect(checkAll({ ...draft, rate })).toEqual({});
  for (const rate of ["0", "0.09", "25.1"]) expect(checkAll({ ...draft, rate }).rate).toBeTruthy();
  for (const amount of ["999", "75001"]) expect(checkAll({ ...draft, amount }).amount).toBeTruthy();
});

test("a term is whole months", () => {
  expect(checkAll({ ...draft, term: "12.5" }).term).toMatch(/whole months/);
  expect(loanOf({ ...draft, term: "12.5" })).toBeUndefined();
});

test("a field is judged at its blur, unknown again while it changes, and followed live once it was wrong", () => {
  const blurred = checked({}, "term", draft);
  expect(blurred.term).toEqual({ error: undefined, live: false });
  const changing = changed(blurred, "term", { ...draft, term: "0" });
  expect(changing.term).toBeUndefined();
  const wrong = checked(changing, "term", { ...draft, term: "0" });
  expect(wrong.term?.error).toMatch(/6 and 120/);
  const mended = changed(wrong, "term", { ...draft, term: "60" });
  expect(mended.term).toEqual({ error: undefined, live: true });
  expect(changed(mended, "term", { ...draft, term: "600" }).term?.error).toBeTruthy();
});
