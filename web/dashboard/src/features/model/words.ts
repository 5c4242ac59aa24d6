// SPDX-License-Identifier: Apache-2.0
import type { Model, ModelHealth, ModelMove, ModelStage } from "../../api/modelTypes";
import { count, counted, delay, percent, rough } from "./numbers";

/** Above these a population stability index is worth a look, and an alarm: those of the server's watch. */
export const psiWatch = 0.1;
export const psiAlarm = 0.25;
/** Fewer journeys with an outcome say nothing of a model. */
export const judgedMin = 300;
/** Scores that are compared with training at a time. */
export const windowRows = 500;

interface Staged {
  stage: ModelStage;
  percent?: number | undefined;
}

/** "canary, 10 %". */
export function stageName({ stage, percent: share }: Staged): string {
  return stage === "canary" && share ? `canary, ${share} %` : stage;
}

/** What a stage means for visitors. */
export function stageWords({ stage, percent: share }: Staged): string {
  switch (stage) {
    case "candidate":
      return "asked by nobody";
    case "shadow":
      return "asked about every journey, heard by nobody";
    case "canary":
      return `heard for ${share ?? "some"} % of visitors, drawn once and for good`;
    case "live":
      return "heard for all visitors that no canary has";
    case "retired":
      return "not asked any more";
  }
}

/** Where a version may go from its stage, the usual step first. */
export function nextStages(stage: ModelStage): ModelStage[] {
  switch (stage) {
    case "candidate":
      return ["shadow", "canary", "live", "retired"];
    case "shadow":
      return ["canary", "live", "retired"];
    case "canary":
      return ["live", "canary", "shadow", "retired"];
    case "live":
      return ["retired"];
    case "retired":
      return ["shadow", "canary", "live"];
  }
}

/** The act, on a button. */
export function actName(stage: ModelStage, from: ModelStage): string {
  switch (stage) {
    case "shadow":
      return "To shadow";
    case "canary":
      return from === "canary" ? "Change its share" : "To canary";
    case "live":
      return "Make it live";
    case "retired":
      return "Retire";
    case "candidate":
      return "Back to candidate";
  }
}

const rank: Record<ModelStage, number> = { live: 0, canary: 1, shadow: 2, candidate: 3, retired: 4 };

/** The one that decides on top, then who challenges it, then who waits, then who is gone; the newest first of each. */
export function inOrder(items: readonly Model[]): Model[] {
  return [...items].sort((a, b) => rank[a.stage] - rank[b.stage] || b.version - a.version);
}

/** Whose stage would make room if `version` went to `stage`: there is one live model and one canary. */
export function whoMakesRoom(items: readonly Model[], version: number, stage: ModelStage): Model | undefined {
  if (stage !== "live" && stage !== "canary") return undefined;
  return items.find((one) => one.version !== version && one.stage === stage);
}

/** Who decides, as a sentence. */
export function decidesWords(items: readonly Model[]): string {
  const live = items.find((one) => one.stage === "live");
  const canary = items.find((one) => one.stage === "canary");
  if (live) {
    const rest = canary ? `; version ${canary.version} for ${canary.percent} % of visitors` : "";
    return `Struggle and version ${live.version} decide${rest}.`;
  }
  if (canary)
    return `Struggle alone decides, but for ${canary.percent} % of visitors, where version ${canary.version} is heard too.`;
  return "Struggle alone decides: no model is live.";
}

/** "takes effect in 2 s". */
export function effectWords(effectiveAt: number, now: number): string {
  const seconds = Math.ceil((effectiveAt - now) / 1_000);
  if (seconds <= 0) return "takes effect now";
  return seconds < 120 ? `takes effect in ${seconds} s` : `takes effect in ${delay(seconds)}`;
}

/** "canary, 10 % – takes effect in 2 s". */
export function comingWords(move: ModelMove, now: number): string {
  return `${stageName(move)} ${effectWords(move.effectiveAt, now)}`;
}

const scoredJourneys = ({ labels }: ModelHealth): number =>
  labels.known + labels.waitedFor + (labels.unlabelled ?? 0);

/** How much of what was scored can be judged yet. */
export function coverageOf(health: ModelHealth): number | undefined {
  const all = scoredJourneys(health);
  return all > 0 ? health.labels.known / all : undefined;
}

export function coverageWords(health: ModelHealth): string {
  const share = coverageOf(health);
  if (share === undefined) return "No journey was scored since the server started.";
  const { known } = health.labels;
  return `Of ${counted(scoredJourneys(health), "scored journey")} ${count(known)} ended so that the outcome is known: ${percent(share, 0)}.`;
}

/** Whether live figures can be told, and if not, what is missing. */
export function judgedWords({ labels }: ModelHealth): string {
  if (labels.judged >= judgedMin) return `Live figures rest on the newest ${count(labels.judged)}.`;
  return `Live figures need ${judgedMin} journeys with an outcome; ${count(labels.judged)} are there.`;
}

export type PsiState = "ok" | "watch" | "alarm";

export function psiState(index: number): PsiState {
  if (index > psiAlarm) return "alarm";
  return index > psiWatch ? "watch" : "ok";
}

export const psiWords: Record<PsiState, string> = {
  ok: "as in training",
  watch: "has moved: watch it",
  alarm: "lies elsewhere than in training",
};

/** "count:submit" as words; a name that is not known keeps its own, without signs. */
export function featureWords(feature: string): string {
  const [head = "", ...rest] = feature.split(":");
  const tail = rest.join(":").replaceAll("_", " ");
  if (head === "count") return `how many ${tail} events`;
  if (head === "since") return `time since the last ${tail}`;
  if (head === "family") return `signals of the family ${tail}`;
  return feature.replaceAll("_", " ");
}

/** Who did it: a credential's label without its id. */
export function authorWords(author: string): string {
  if (author === "open site") return "open server";
  const [id = "", ...label] = author.split(" ");
  return label.join(" ") || id || "unknown";
}

/** What a map of scores comes to. */
export function offersWords(
  offers: { share: number | null; journeysADay: number; offersADay: number | null },
  bar: number,
): string {
  if (offers.share === null)
    return "How many journeys would reach the bar is not known: the model keeps no journeys to tell by.";
  const aDay = `${rough(offers.offersADay)} of ${counted(offers.journeysADay, "journey")} a day`;
  return `Its score would reach ${bar} in ${percent(offers.share)} of journeys: ${aDay}, by the validation.`;
}
