// SPDX-License-Identifier: Apache-2.0

const two = (value: number) => String(value).padStart(2, "0");

/** "10:42". */
export function hourMinute(at: number): string {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** "10:42:31". */
export function clockTime(at: number): string {
  return `${hourMinute(at)}:${two(new Date(at).getSeconds())}`;
}

/** A wait that is being watched: "0:38", "12:05", "1:02:07". */
export function waited(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** How long ago, as roughly as people say it: "now", "4 min", "2 h", "3 days". */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 day" : `${days} days`;
}

/** Seconds with one decimal below ten: "1.6 s", "12 s". */
export function seconds(ms: number): string {
  const value = ms / 1000;
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
