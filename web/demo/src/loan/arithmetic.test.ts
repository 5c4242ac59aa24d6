// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { byYear, monthlyPayment, quote } from "./arithmetic";

const loan = { amount: 2_400_000, ratePercent: 6.9, months: 60 };

describe("monthly payment", () => {
  test("follows the annuity formula", () => {
    expect(monthlyPayment(loan)).toBe(47410);
    expect(monthlyPayment({ amount: 1_000_000, ratePercent: 12, months: 12 })).toBe(88849);
  });

  test("is an equal share without interest", () => {
    expect(monthlyPayment({ amount: 120_000, ratePercent: 0, months: 12 })).toBe(10_000);
  });
});

describe("schedule", () => {
  const cases = [
    loan,
    { amount: 100_000, ratePercent: 0.1, months: 6 },
    { amount: 7_500_000, ratePercent: 25, months: 120 },
    { amount: 100_000, ratePercent: 0, months: 7 },
  ];

  test.each(cases)("of $amount at $ratePercent % over $months ends at nothing", (one) => {
    const { instalments, totalInterest, totalCost } = quote(one);
    const sum = (part: "principal" | "payment") => instalments.reduce((total, each) => total + each[part], 0);
    expect(instalments).toHaveLength(one.months);
    expect(instalments.at(-1)?.balance).toBe(0);
    expect(sum("principal")).toBe(one.amount);
    expect(sum("payment")).toBe(totalCost);
    expect(totalCost).toBe(one.amount + totalInterest);
    expect(instalments.every((each) => each.balance >= 0 && each.principal > 0)).toBe(true);
  });

  test("without interest costs what was borrowed, and the last instalment takes the odd cents", () => {
    const { totalInterest, instalments } = quote({ amount: 100_000, ratePercent: 0, months: 7 });
    expect(totalInterest).toBe(0);
    expect(instalments[0]?.payment).toBe(14_286);
    expect(instalments[6]?.payment).toBe(14_284);
  });

  test("every payment but the last is the regular one", () => {
    const { instalments, monthlyPayment: regular } = quote(loan);
    expect(instalments.slice(0, -1).every((each) => each.payment === regular)).toBe(true);
    expect(Math.abs((instalments.at(-1)?.payment ?? 0) - regular)).toBeLessThan(60);
  });
});

describe("by year", () => {
  test("the last year may be short, and the sums agree with the months", () => {
    const { instalments, totalInterest } = quote({ ...loan, months: 30 });
    const years = byYear(instalments);
    expect(years.map((year) => year.instalments.length)).toEqual([12, 12, 6]);
    expect(years.reduce((sum, year) => sum + year.interest, 0)).toBe(totalInterest);
    expect(years.at(-1)?.balance).toBe(0);
  });
});
