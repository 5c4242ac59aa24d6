// SPDX-License-Identifier: Apache-2.0
import type { Contribution, Decision } from "../../api/types";

const inWords = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What counted at the decision, the heaviest first. */
export function counted(contributions: readonly Contribution[]): Contribution[] {
  return contributions.filter((one) => one.points > 0).sort((a, b) => b.points - a.points);
}

/** "Submit failed twice and term invalid, twice." */
export function reasonSentence(decision: Decision): string {
  const words = counted(decision.contributions).map((one) => one.words);
  return words.length > 0 ? `${capital(inWords(words))}.` : "No single reason was recorded.";
}

/** Where the score stood and which rule that met. */
export function scoreSentence({ risk, struggle, level, trigger }: Decision): string {
  const met = trigger === "rising_edge" ? "rose to" : "stayed high, at";
  const own = risk === struggle ? "" : `, struggle itself ${struggle}`;
  return `Risk ${met} ${risk} (${level})${own}.`;
}
