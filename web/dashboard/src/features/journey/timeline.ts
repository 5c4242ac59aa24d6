// SPDX-License-Identifier: Apache-2.0
import { gateName } from "../../../../tokens/gates";
import type { AnySignal, Decision, Folded, Intervention, LoggedRecord, Tag } from "../../api/types";
import { seconds } from "../../ui/time";
import { isReading, readingWords } from "./reading";
import { recordWords } from "./recordWords";

export interface Item {
  key: string;
  at: number;
  words: string;
  kind: Tag;
  joins?: "filled" | "again" | undefined;
  minor?: boolean | undefined;
  /** The name on the wire, one hover away. */
  code?: string | undefined;
  decision?: Decision;
}

export interface Known {
  events: readonly LoggedRecord[];
  signals: readonly AnySignal[];
  interventions: readonly Intervention[];
  decisions: readonly Decision[];
}

function recordItem(one: LoggedRecord): Item {
  const { words, kind, joins, minor } = recordWords(one);
  const at = one.occurredAt ?? one.receivedAt;
  return { key: `record-${one.offset}`, at, words, kind, joins, minor, code: one.eventType ?? one.record };
}

function signalItem(one: AnySignal): Item {
  if (isReading(one)) {
    const words = readingWords(one.analysis);
    return { key: `reading-${one.id}`, at: one.at, words, kind: "fact", minor: true, code: one.signalType };
  }
  const taken = one.state === "retracted" ? " (taken back)" : "";
  return { key: `signal-${one.id}`, at: one.at, words: one.words + taken, kind: "signal", code: one.signal };
}

function decisionItem(one: Decision): Item {
  const common = { key: `decision-${one.id}`, at: one.at, code: one.trigger, decision: one };
  if (one.outcome === "offer") return { ...common, words: `help offered at risk ${one.risk}`, kind: "offer" };
  const refused = one.gates.find((gate) => gate.verdict === "reject");
  const because = refused ? `: ${refused.detail || gateName(refused.gate)}` : "";
  return { ...common, words: `no help offered at risk ${one.risk}${because}`, kind: "fact" };
}

const endings: Partial<Record<Intervention["state"], string>> = {
  accepted: "offer accepted",
  dismissed: "offer declined",
  snoozed: "offer put off",
  withheld: "offer held back",
  expired: "offer ran out",
  retracted: "offer taken back",
};

function interventionItems(one: Intervention): Item[] {
  const items: Item[] = [];
  if (one.displayedAt) {
    const wait = one.waitedMs ? ` after a wait of ${seconds(one.waitedMs)}` : "";
    items.push({ key: `shown-${one.id}`, at: one.displayedAt, words: `offer shown${wait}`, kind: "offer" });
  }
  const ending = endings[one.state];
  if (ending) {
    const reason = one.reason ? ` (${one.reason.replaceAll("_", " ")})` : "";
    items.push({ key: `ended-${one.id}`, at: one.endedAt ?? one.at, words: ending + reason, kind: "offer" });
  }
  return items;
}

function foldedItems(one: Folded): Item[] {
  const known = recordWords({ ...one, receivedAt: one.at });
  const record: Item = {
    key: `record-${one.offset}`,
    at: one.occurredAt ?? one.at,
    words: one.words,
    // A signal found in the record has a line of its own; the record itself remains a fact.
    kind: one.tag && one.tag !== "signal" ? one.tag : known.kind,
    minor: known.minor,
    code: one.eventType ?? one.record,
  };
  return [
    record,
    ...(one.signals ?? []).map(signalItem),
    ...(one.decision ? [decisionItem(one.decision)] : []),
    ...(one.intervention ? interventionItems(one.intervention) : []),
  ];
}

/**
 * One story from what was read and what came live since, oldest first. Both name a thing by the same key, and the
 * later word on it stands: a signal confirmed live replaces the provisional one that was read.
 */
export function timeline(known: Known, live: readonly Folded[]): Item[] {
  const items = new Map<string, Item>();
  const read = [
    ...known.events.map(recordItem),
    ...known.signals.map(signalItem),
    ...known.decisions.map(decisionItem),
    ...known.interventions.flatMap(interventionItems),
  ];
  for (const item of [...read, ...live.flatMap(foldedItems)]) {
    // A read record knows how it joins its neighbours; the live words on it do not.
    const before = items.get(item.key);
    items.set(item.key, before?.joins ? before : item);
  }
  return [...items.values()].sort((a, b) => a.at - b.at);
}

export interface Told {
  key: string;
  at: number;
  words: string;
  kind: Tag;
  code: string | undefined;
}

function filledWords(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  return `filled ${distinct.join(", ")}`;
}

/** The short story: minor things left out, fields filled in a row named together, repeats counted. */
export function shortStory(items: readonly Item[]): Told[] {
  const told: Told[] = [];
  let run: Item[] = [];

  function flush() {
    const first = run[0];
    const last = run.at(-1);
    if (!first || !last) return;
    const filled = first.joins === "filled";
    const times = run.length > 1 ? ` × ${run.length}` : "";
    const words = filled ? filledWords(run.map((one) => one.words)) : first.words + times;
    told.push({ key: first.key, at: last.at, words, kind: first.kind, code: first.code });
    run = [];
  }

  for (const item of items) {
    if (item.minor) continue;
    const first = run[0];
    const same = first?.joins === item.joins && (item.joins === "filled" || first?.words === item.words);
    if (!(first && item.joins && same)) flush();
    run.push(item);
  }
  flush();
  return told;
}
