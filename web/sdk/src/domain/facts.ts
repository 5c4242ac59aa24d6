// SPDX-License-Identifier: MIT

export type FactData = Record<string, unknown>;

/** Who a fact is about, as it was when the fact happened. */
export interface Who {
  anonymousId: string;
  sessionId: string;
  userId?: string;
}

export interface TrackOptions {
  /** Send at once instead of with the next batch. */
  urgent?: boolean;
  /** Monotonic time at which it happened, where that was before now. */
  at?: number;
}

export type Track = (eventType: string, data: FactData, options?: TrackOptions) => string;

export type OutcomeKind =
  | "none"
  | "mutation"
  | "request"
  | "nav"
  | "scroll"
  | "selection"
  | "input"
  | "focus_blur"
  | "visibility"
  | "media"
  | "dialog"
  | "download";

export interface Outcome {
  afterMs: 150 | 600 | 2500;
  kind: OutcomeKind;
  reactionMs: number | null;
  error?: boolean;
}

export type SubmitResult = "ok" | "invalid" | "failed" | "unknown";
