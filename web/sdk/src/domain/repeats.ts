// SPDX-License-Identifier: MIT
import type { FactData } from "./facts";

const SAME_MS = 300;

/**
 * The browser, the marks on a field and the application may all say that a field is invalid. Told within a moment
 * of each other, about the same field and occasion, that is one finding.
 */
export function createRepeatFilter(): (eventType: string, data: FactData, at: number) => boolean {
  let recent: { id: string; at: number }[] = [];
  return (eventType, data, at) => {
    if (eventType !== "validation") return false;
    const id = `${data.key} ${data.when}`;
    recent = recent.filter((finding) => at - finding.at < SAME_MS);
    if (recent.some((finding) => finding.id === id)) return true;
    recent.push({ id, at });
    return false;
  };
}
