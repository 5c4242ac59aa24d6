// SPDX-License-Identifier: MIT
import type { FactData, Outcome } from "./facts";

const BURST_GAP_MS = 500;

/** Tells which facts may reveal a struggle: those are sent at once and are the last to be dropped. */
export function createUrgency(): (eventType: string, data: FactData, at: number) => boolean {
  let burst = { key: "", count: 0, last: 0 };

  function isClickUrgent(data: FactData, at: number): boolean {
    const key = data.key as string;
    const goesOn = key === burst.key && at - burst.last <= BURST_GAP_MS;
    burst = { key, count: goesOn ? burst.count + 1 : 1, last: at };
    return burst.count >= 3 && (data.outcome as Outcome | undefined)?.kind === "none";
  }

  return (eventType, data, at) => {
    switch (eventType) {
      case "click":
        return isClickUrgent(data, at);
      case "click_outcome":
        return data.kind === "none";
      case "validation":
        return data.when !== "input";
      case "submit":
        return data.result === "invalid" || data.result === "failed";
      case "struggle_signal":
      case "exit_intent":
        return true;
      default:
        return false;
    }
  };
}
