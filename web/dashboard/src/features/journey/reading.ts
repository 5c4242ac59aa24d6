// SPDX-License-Identifier: Apache-2.0
import type { Analysis, AnalysisSource, AnySignal, Insight, JourneyReading } from "../../api/types";
import { seconds } from "../../ui/time";

export function isReading(one: AnySignal): one is JourneyReading {
  return "signalType" in one;
}

export function newestReading(signals: readonly AnySignal[] | undefined): Analysis | undefined {
  return signals?.filter(isReading).at(-1)?.analysis;
}

/** Whose account it is: "the built-in analyst", "bedrock". */
export function readerName({ provider }: AnalysisSource): string {
  return provider === "builtin" ? "the built-in analyst" : provider;
}

/** A reading in one line of the journey. */
export function readingWords({ source, exit_risk_score, key_insights }: Analysis): string {
  const because = key_insights[0] ? `: ${key_insights[0]}` : "";
  return `read by ${readerName(source)} as risk ${exit_risk_score}${because}`;
}

export interface Sentence {
  words: string;
  /** What it rests on: "failed_submits = 2". */
  evidence: string;
}

export function sentences(insights: readonly Insight[], words: readonly string[]): Sentence[] {
  return insights.map(({ code, fact, value }, index) => ({
    words: words[index] ?? code.replaceAll("_", " "),
    evidence: `${fact} = ${value}`,
  }));
}

/** How the score came about: the built-in's is the risk there was, a provider's may move it a little. */
export function scoreWords({ exit_risk_score, base, movesRisk, source }: Analysis): string {
  if (source.provider === "builtin") return `${exit_risk_score}, the risk as it stood`;
  if (movesRisk === 0) return `${exit_risk_score}, which moved nothing`;
  const by = `${movesRisk > 0 ? "+" : "−"}${Math.abs(movesRisk)}`;
  return `${exit_risk_score} where the risk stood at ${base}: moved by ${by} for a minute`;
}

const dollars = new Intl.NumberFormat("en", {
  style: "currency",
  currency: "USD",
  maximumSignificantDigits: 2,
});

/** By whom it was read, and what that took. */
export function sourceWords(source: AnalysisSource): string {
  if (source.provider === "builtin") return `${readerName(source)}, tables ${source.prompt}`;
  const parts = [
    source.model ? `${source.provider} ${source.model}` : source.provider,
    `prompt ${source.prompt}`,
  ];
  if (source.cached) parts.push("told from an earlier answer");
  parts.push(seconds(source.latencyMs));
  if (source.inputTokens + source.outputTokens > 0)
    parts.push(`${source.inputTokens} tokens in, ${source.outputTokens} out`);
  if (source.costUsd > 0) parts.push(dollars.format(source.costUsd));
  return parts.join(" · ");
}
