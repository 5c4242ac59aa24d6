// SPDX-License-Identifier: Apache-2.0

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });
const wholeEuros = new Intl.NumberFormat("en-IE", {
  style: "currency",
  currency: "EUR",
  maximumFractionDigits: 0,
});

/** Cents as euros and cents: 47390 → "€473.90". */
export function money(cents: number): string {
  return euros.format(cents / 100);
}

/** Cents as whole euros, for the axis of a chart and the ends of a slider. */
export function wholeMoney(cents: number): string {
  return wholeEuros.format(cents / 100);
}

/** Months in the words people use: 30 → "2 years 6 months". */
export function duration(months: number): string {
  const years = Math.floor(months / 12);
  const rest = months % 12;
  const parts: string[] = [];
  if (years > 0) parts.push(years === 1 ? "1 year" : `${years} years`);
  if (rest > 0 || years === 0) parts.push(rest === 1 ? "1 month" : `${rest} months`);
  return parts.join(" ");
}

/** Wall-clock time with tenths, as the events of the panel show it: "10:42:31.4". */
export function clockTime(at: number): string {
  const time = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  const tenths = Math.floor(time.getMilliseconds() / 100);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${tenths}`;
}

/** Milliseconds with as many digits as say something: 2.7, 41, 1,620. */
export function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString("en-IE");
}
