// SPDX-License-Identifier: Apache-2.0
import { gateName } from "../../../tokens/gates";
import type { Contribution, Decision, Gate, Intervention } from "./contract";

export interface DecisionLine {
  key: string;
  words: string;
  detail: string;
  verdict: Gate["verdict"];
}

/** One line for each gate. */
export function everyGate(decision: Decision): DecisionLine[] {
  return decision.gates.map(({ gate, detail, verdict }) => ({
    key: gate,
    words: gateName(gate),
    detail,
    verdict,
  }));
}

/**
 * The short form: the gate that says why comes first and in full, those that passed after it are only counted,
 * whatever refused stands alone, and what was never asked is left to the long form.
 */
export function mainGates(decision: Decision): DecisionLine[] {
  const [first, ...rest] = everyGate(decision);
  if (!first) return [];
  const passed = rest.filter((line) => line.verdict === "pass").length;
  const rejected = rest.filter((line) => line.verdict === "reject");
  if (passed === 0) return [first, ...rejected];
  const words = passed === 1 ? "1 other rule" : `${passed} other rules`;
  return [first, { key: "passed", words, detail: "", verdict: "pass" }, ...rejected];
}

const verdicts: Record<Gate["verdict"], string> = { pass: "pass", reject: "no", not_reached: "not asked" };

export function verdictWord(verdict: Gate["verdict"]): string {
  return verdicts[verdict];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

const withheldBecause: Record<string, string> = {
  typing: "you were typing",
  dialog_open: "a dialog was open",
  payment_frame: "you were paying",
  hidden: "the tab was hidden",
  page_young: "the page was too new",
  paused: "offers were paused",
};

/** What became of the offer, as the page's own part of the decision. */
export function offerWords(intervention: Intervention): string {
  switch (intervention.state) {
    case "pending":
      return "waiting for the page's moment";
    case "displayed":
      return intervention.waitedMs
        ? `shown after a wait of ${seconds(intervention.waitedMs)}`
        : "shown at once";
    case "accepted":
      return "accepted: a chat is open";
    case "dismissed":
      return "declined";
    case "snoozed":
      return "put off for later";
    case "withheld":
      return `held back: ${withheldBecause[intervention.reason ?? ""] ?? "no good moment came"}`;
    case "expired":
      return "ran out before it was answered";
    case "retracted":
      return "taken back: the trouble went away";
    default:
      return intervention.state;
  }
}

/** What stands beside the number: how much evidence there is, and over which time it came together. */
export function evidenceWords(contributions: readonly Contribution[]): string {
  const counting = contributions.filter((one) => one.points > 0);
  if (counting.length === 0) return "no sign of trouble";
  if (counting.length === 1) return "one signal";
  const times = counting.flatMap((one) => (one.at === undefined ? [] : [one.at]));
  const span =
    times.length > 1 ? Math.max(1, Math.round((Math.max(...times) - Math.min(...times)) / 1000)) : 0;
  return span > 0 ? `${counting.length} signals within ${span} s` : `${counting.length} signals`;
}
