// SPDX-License-Identifier: Apache-2.0
import type { DroppedColumn, Labels, Part, TrainingFacts } from "../../api/modelTypes";
import { count, counted, dateTime } from "./numbers";

export const partWords = (part: Part): string =>
  `${dateTime(part.firstAt)} to ${dateTime(part.lastAt)}: ${counted(part.rows, "row")}, ${count(part.journeysExit)} journeys that exit, ${count(part.journeysOther)} others`;

export function leftOutWords(labels: Labels): string {
  const reasons: [number | undefined, string][] = [
    [labels.censored, "went on, or nobody can tell"],
    [labels.helped, "saw an offer"],
    [labels.refused, "refused training or asked for privacy"],
    [labels.bots, "were programs"],
    [labels.withoutRows, "had no row"],
  ];
  const told = reasons.flatMap(([number, words]) => (number ? [`${count(number)} ${words}`] : []));
  return told.length > 0 ? told.join(", ") : "none";
}

function whyDropped({ why, sameAs }: DroppedColumn): string {
  if (sameAs) return `as ${sameAs}`;
  return why === "elsewhere later" ? "lies elsewhere later" : "constant";
}

export function droppedWords({ columnsDropped = [] }: TrainingFacts): string {
  if (columnsDropped.length === 0) return "none";
  return columnsDropped.map((column) => `${column.name} (${whyDropped(column)})`).join(", ");
}

export function settingsWords({ settings, trials }: TrainingFacts): string {
  if (!settings) return "not known: trained elsewhere";
  const each = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return `${each.join(", ")}; ${counted(trials?.length ?? 0, "setting")} tried`;
}
