// SPDX-License-Identifier: Apache-2.0

/** The parts of the protocol's watch messages that the panel shows, named as in openapi.yaml. */
export interface Contribution {
  signal: string;
  words: string;
  target: string;
  points: number;
  at?: number;
}

export interface Gate {
  gate: string;
  verdict: "pass" | "reject" | "not_reached";
  detail: string;
}

export interface Decision {
  id: string;
  at: number;
  /** The event or timer that caused it. */
  cause?: string;
  interventionId?: string | null;
  outcome: "offer" | "none";
  trigger: "rising_edge" | "persistent_risk";
  gates: Gate[];
}

export interface Intervention {
  state: string;
  waitedMs?: number | null;
  reason?: string;
}

export type Tag = "fact" | "signal" | "offer" | "progress" | "chat" | "duplicate";

export interface Score {
  at: number;
  struggle: number;
  risk: number;
  level: string;
  contributions?: Contribution[];
}

export interface Attributes extends Score {
  /** Null while the server does not know the visitor. */
  anonymousId?: string | null;
  contributions: Contribution[];
  journey?: { events: number };
  recent?: { at: number; type: string; words: string }[];
}

export interface Folded extends Score {
  offset: number;
  record: string;
  words: string;
  tag?: Tag;
  decision?: Decision | null;
  intervention?: Intervention | null;
  receivedToFoldedUs?: number;
}
