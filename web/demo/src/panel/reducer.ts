// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Contribution, Decision, Folded, Intervention, Score, Tag } from "./contract";

export type Connection = "script" | "waiting" | "live" | "reconnecting" | "offline";

export interface Sample {
  at: number;
  struggle: number;
}

export interface Row {
  key: string;
  at: number;
  words: string;
  tag: Tag;
}

export interface PanelState {
  connection: Connection;
  struggle: number;
  risk: number;
  level: string;
  contributions: Contribution[];
  samples: Sample[];
  rows: Row[];
  eventCount: number;
  decision: Decision | undefined;
  intervention: Intervention | undefined;
  /** What the server itself measured for the record that brought the latest offer, in microseconds. */
  offerFoldedUs: number | undefined;
  /** How far the server's clock is ahead of this page's, in milliseconds. */
  clockAheadMs: number;
}

export type PanelAction =
  | { type: "connection"; connection: Connection }
  | { type: "attributes"; attributes: Attributes; receivedAt: number }
  | { type: "struggle"; score: Score; receivedAt: number }
  | { type: "folded"; folded: Folded; receivedAt: number }
  | { type: "earlier"; decision: Decision | undefined; intervention: Intervention | undefined };

export const lineWindowMs = 120_000;
const rowLimit = 60;

export const emptyPanel: PanelState = {
  connection: "script",
  struggle: 0,
  risk: 0,
  level: "low",
  contributions: [],
  samples: [],
  rows: [],
  eventCount: 0,
  decision: undefined,
  intervention: undefined,
  offerFoldedUs: undefined,
  clockAheadMs: 0,
};

/** Keeps the samples of the window and one before it, so that the line begins at the window's edge. */
function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const from = next.at - lineWindowMs;
  const kept = samples.filter(
    (sample, index) => (samples[index + 1]?.at ?? next.at) >= from && sample.at <= next.at,
  );
  return [...kept, next];
}

function withScore(state: PanelState, score: Score, receivedAt: number): PanelState {
  return {
    ...state,
    struggle: score.struggle,
    risk: score.risk,
    level: score.level,
    contributions: score.contributions ?? state.contributions,
    samples: withSample(state.samples, { at: score.at, struggle: score.struggle }),
    clockAheadMs: score.at - receivedAt,
  };
}

/** After a reconnect the server tells its last events again; only those newer than what is shown are new. */
function unseenRows(state: PanelState, attributes: Attributes): Row[] {
  const newest = state.rows[0]?.at ?? Number.NEGATIVE_INFINITY;
  return (attributes.recent ?? [])
    .map((digest, index) => ({ ...digest, key: `recent-${digest.at}-${index}`, tag: "fact" as const }))
    .filter((row) => row.at > newest)
    .reverse();
}

function foldedRow(folded: Folded): Row {
  return {
    key: `offset-${folded.offset}-${folded.at}`,
    at: folded.at,
    words: folded.words,
    tag: folded.tag ?? "fact",
  };
}

function withFolded(state: PanelState, folded: Folded, receivedAt: number): PanelState {
  const row = foldedRow(folded);
  if (state.rows.some((known) => known.key === row.key)) return state;
  const decision = folded.decision ?? state.decision;
  return {
    ...withScore(state, folded, receivedAt),
    rows: [row, ...state.rows].slice(0, rowLimit),
    eventCount: state.eventCount + (folded.record === "event" ? 1 : 0),
    decision,
    // A new decision begins a new story; what became of an earlier offer is not part of it.
    intervention: folded.intervention ?? (folded.decision ? undefined : state.intervention),
    offerFoldedUs:
      folded.decision?.outcome === "offer" ? (folded.receivedToFoldedUs ?? undefined) : state.offerFoldedUs,
  };
}

export function reducePanel(state: PanelState, action: PanelAction): PanelState {
  switch (action.type) {
    case "connection":
      return state.connection === action.connection ? state : { ...state, connection: action.connection };
    case "struggle":
      return withScore(state, action.score, action.receivedAt);
    case "folded":
      return withFolded(state, action.folded, action.receivedAt);
    case "earlier":
      // What came live in the meantime is newer than what was read.
      if (state.decision) return state;
      return { ...state, decision: action.decision, intervention: action.intervention };
    case "attributes":
      return {
        ...withScore(state, action.attributes, action.receivedAt),
        rows: [...unseenRows(state, action.attributes), ...state.rows].slice(0, rowLimit),
        eventCount: action.attributes.journey?.events ?? state.eventCount,
      };
  }
}
