// SPDX-License-Identifier: Apache-2.0
import type { Loan } from "./arithmetic";

/** The fields as typed; nothing is parsed before it is checked. */
export interface Draft {
  amount: string;
  rate: string;
  term: string;
  purpose: string;
}

export type CheckedField = "amount" | "rate" | "term";
export type Errors = Partial<Record<CheckedField, string>>;

/**
 * What is known of a field; nothing before its first check, and nothing again while it is being changed. A field
 * that was wrong once is checked at every key from then on (`live`), so its mending shows at once.
 */
export interface FieldStatus {
  error: string | undefined;
  live: boolean;
}

export type Statuses = Partial<Record<CheckedField, FieldStatus>>;

export const limits = {
  amount: { min: 1_000, max: 75_000 },
  rate: { min: 0.1, max: 25 },
  term: { min: 6, max: 120 },
} as const;

/** Accepts "24,000", "6.9" and a decimal comma ("6,9"); anything else is not a number. */
export function parseNumber(text: string): number {
  const bare = text.trim();
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare)) return Number(bare.replaceAll(",", ""));
  if (/^-?\d+([.,]\d+)?$/.test(bare)) return Number(bare.replace(",", "."));
  return Number.NaN;
}

function within(value: number, { min, max }: { min: number; max: number }): boolean {
  return value >= min && value <= max;
}

const checks: Record<CheckedField, (text: string) => string | undefined> = {
  amount: (text) =>
    within(parseNumber(text), limits.amount) ? undefined : "Choose an amount between €1,000 and €75,000.",
  rate: (text) =>
    within(parseNumber(text), limits.rate)
      ? undefined
      : "Enter an interest rate between 0.1 and 25 % a year.",
  term: (text) => {
    const months = parseNumber(text);
    if (!within(months, limits.term)) return "Choose a term between 6 and 120 months.";
    return Number.isInteger(months) ? undefined : "Enter the term in whole months.";
  },
};

export function checkField(field: CheckedField, draft: Draft): string | undefined {
  return checks[field](draft[field]);
}

export function checkAll(draft: Draft): Errors {
  const errors: Errors = {};
  for (const field of ["amount", "rate", "term"] as const) {
    const error = checkField(field, draft);
    if (error) errors[field] = error;
  }
  return errors;
}

export function checked(known: Statuses, field: CheckedField, draft: Draft): Statuses {
  const error = checkField(field, draft);
  return { ...known, [field]: { error, live: known[field]?.live || error !== undefined } };
}

/** After a change: a live field is checked again, any other is unknown until its blur. */
export function changed(known: Statuses, field: CheckedField, draft: Draft): Statuses {
  if (known[field]?.live) return checked(known, field, draft);
  const { [field]: _, ...rest } = known;
  return rest;
}

/** The loan of a draft, or nothing while a field of it is wrong. */
export function loanOf(draft: Draft): Loan | undefined {
  if (Object.keys(checkAll(draft)).length > 0) return undefined;
  return {
    amount: Math.round(parseNumber(draft.amount) * 100),
    ratePercent: parseNumber(draft.rate),
    months: parseNumber(draft.term),
  };
}
