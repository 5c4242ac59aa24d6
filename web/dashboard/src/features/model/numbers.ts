// SPDX-License-Identifier: Apache-2.0

/** Figures as people read them. What is not defined is a dash, never a zero. */

const none = "–";
type Maybe = number | null | undefined;

const isKnown = (value: Maybe): value is number => typeof value === "number" && Number.isFinite(value);

/** "1,204". */
export function count(value: Maybe): string {
  return isKnown(value) ? Math.round(value).toLocaleString("en") : none;
}

/** "7 journeys", "1 journey". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** "0.709". */
export function decimal(value: Maybe, digits = 3): string {
  return isKnown(value) ? value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1") : none;
}

/** "76.2 %". */
export function percent(value: Maybe, digits = 1): string {
  return isKnown(value) ? `${decimal(value * 100, digits)} %` : none;
}

/** "2.2", "41": one decimal where it matters. */
export function rough(value: Maybe): string {
  if (!isKnown(value)) return none;
  return value < 10 ? decimal(value, 1).replace(/\.0$/, "") : count(value);
}

/** A delay: "40 s", "34 min", "1.4 h", "2.1 days". */
export function delay(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3_600) return `${rough(seconds / 3_600)} h`;
  return `${rough(seconds / 86_400)} days`;
}

const kib = 1_024;

/** "42 KiB". */
export function size(bytes: number): string {
  return bytes < kib * kib ? `${Math.ceil(bytes / kib)} KiB` : `${decimal(bytes / kib / kib, 1)} MiB`;
}

const two = (value: number) => String(value).padStart(2, "0");

/** "2026-11-24 17:00". */
export function dateTime(at: number | string): string {
  const time = new Date(at);
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
