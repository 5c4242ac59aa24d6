// SPDX-License-Identifier: Apache-2.0
import type { Journey } from "../../api/types";
import { Facts } from "../../ui/Facts";
import { ago } from "../../ui/time";
import { useNow } from "../../ui/useNow";
import type { WatchState } from "./watchReducer";

interface Props {
  visitor: string;
  watch: WatchState;
  /** Newest first; nothing while they are not read. */
  journeys: readonly Journey[] | undefined;
}

function earlierWords(
  journeys: readonly Journey[] | undefined,
  current: string | undefined,
  now: number,
): string {
  if (!journeys) return "not known yet";
  const earlier = journeys.filter((one) => one.id !== current);
  const latest = earlier[0];
  if (!latest) return "this is the first visit";
  const visits = earlier.length === 1 ? "1 visit" : `${earlier.length} visits`;
  const reached = earlier.some((one) => one.goalAt) ? "goal reached" : "no goal reached";
  return `${visits}, the last ${ago(now - latest.lastAt)} ago, ${reached}`;
}

function countWords({ pages = 0, clicks = 0, failedSubmits = 0, submits = 0 }: Journey): string {
  const parts = [
    `${pages} ${pages === 1 ? "page" : "pages"}`,
    `${clicks} ${clicks === 1 ? "click" : "clicks"}`,
  ];
  if (submits > 0) parts.push(`${failedSubmits} of ${submits} submits failed`);
  return parts.join(" · ");
}

function sinceWords(ms: number): string {
  const age = ago(ms);
  return age === "now" ? "just begun" : `for ${age}`;
}

export function VisitorFacts({ visitor, watch, journeys }: Props) {
  const now = useNow();
  const journey = watch.journey ?? journeys?.[0];
  const highest = Math.max(watch.highestRisk, journey?.highestRisk ?? 0);
  const facts: [string, string][] = [
    [
      "Risk",
      watch.score
        ? `${watch.score.risk} now (${watch.score.level}) · ${highest} at its highest`
        : "not known yet",
    ],
    [
      "This visit",
      journey ? `${sinceWords(now - journey.startedAt)} · ${countWords(journey)}` : "not known yet",
    ],
    ["Earlier", earlierWords(journeys, journey?.id, now)],
    [
      "Goal",
      !journey
        ? "not known yet"
        : journey.goalAt
          ? `reached ${ago(now - journey.goalAt)} ago`
          : "not reached",
    ],
    ["Known as", visitor],
  ];
  return (
    <section aria-labelledby="visitor-title">
      <h3 id="visitor-title">Visitor</h3>
      <Facts facts={facts} />
    </section>
  );
}
