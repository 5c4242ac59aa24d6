// SPDX-License-Identifier: Apache-2.0

/** The schemas of openapi.yaml that the model page reads, under the same names, and what a card holds. */

export type ModelStage = "candidate" | "shadow" | "canary" | "live" | "retired";

export interface ScorePoint {
  probability: number;
  score: number;
}

export interface ModelMove {
  version: number;
  stage: ModelStage;
  percent?: number;
  scorePoints?: ScorePoint[];
  effectiveAt: number;
  author: string;
  note: string;
}

export interface Model {
  version: number;
  name: string;
  hash: string;
  bytes: number;
  trainedAt: number;
  registeredAt: number;
  author: string;
  stage: ModelStage;
  since: number | null;
  percent?: number;
  coming?: ModelMove;
  fault?: string;
  scorePoints?: ScorePoint[];
  offers?: Offers;
  features?: number;
}

export interface ModelWithCard extends Model {
  card: Card | null;
}

export interface ModelList {
  live: number | null;
  decides: string;
  items: Model[];
  moves: ModelMove[];
}

/** What a map would come to, by the journeys of the validation. */
export interface Offers {
  share: number | null;
  journeysADay: number;
  offersADay: number | null;
}

export interface Moved {
  move: ModelMove;
  offers?: Offers;
}

export interface MoveOrder {
  stage: ModelStage;
  percent?: number;
  overBudget?: boolean;
  note?: string;
}

export interface Training {
  state: "idle" | "running" | "done" | "failed";
  name?: string;
  seed?: number;
  author?: string;
  begunAt?: number;
  endedAt?: number | null;
  share?: number;
  words?: string;
}

export interface TrainingOrder {
  name?: string;
  labelsMin?: number;
  trials?: number;
  numbers?: string[];
  categories?: string[];
}

export interface Drift {
  feature: string;
  stabilityIndex: number;
  missing: number;
  beyondTraining: number;
}

export interface ModelHealth {
  scored: number;
  labels: { known: number; unlabelled?: number; waitedFor: number; delaySeconds: number; judged: number };
  auc: number | null;
  calibrationError: number | null;
  logLoss: number | null;
  baseRate: number | null;
  scoreStabilityIndex: number | null;
  drifting: Drift[];
  alarms: string[];
  /** Of the journeys that are judged; empty where they are too few. */
  reliability?: { predicted: number; observed: number; journeys: number }[];
  /** Of the newest journeys, those whose score reached the policy's bar. */
  offerShare?: number | null;
}

/** A figure with its 95 % interval; null where it is not defined. */
export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface Prefix {
  from: number;
  to: number | null;
  rows: number;
  journeys: number;
  baseRate: number | null;
  auc: number | null;
  accuracy: number | null;
  logLoss: number | null;
  ece: number | null;
}

export interface Report {
  rows: number;
  journeys: number;
  journeysExit: number;
  visitors: number;
  firstAt: string;
  lastAt: string;
  baseRate: number | null;
  meanProbability: number | null;
  auc: Figure;
  averagePrecision: Figure;
  logLoss: Figure;
  brier: Figure;
  brierSkill: Figure;
  ece: Figure;
  accuracy: number | null;
  balancedAccuracy: number | null;
  majorityAccuracy: number | null;
  alert: {
    rate: number;
    probability: number | null;
    share: number | null;
    precision: Figure;
    recall: number | null;
    journeysRecall: number | null;
    leadEvents: number | null;
  };
  reliability: { rows: number; predicted: number | null; observed: number | null }[];
  prefixes: Prefix[];
  coverage: { confidence: number; coverage: number | null; accuracy: number | null }[];
}

export interface Part {
  rows: number;
  journeysExit: number;
  journeysOther: number;
  firstAt: string;
  lastAt: string;
  baseRate: number | null;
}

/** A column that was left out. Older cards tell no reason of one that is the same as no other: it was constant. */
export interface DroppedColumn {
  name: string;
  why?: "constant" | "same" | "elsewhere later";
  sameAs: string | null;
}

/** How it was trained; a model that was trained elsewhere and imported lacks what nobody here can tell. */
export interface TrainingFacts {
  imported?: boolean;
  seed?: number;
  fit: Part;
  validation: Part;
  test: Part;
  rowsDropped: number;
  columnsDropped?: DroppedColumn[];
  settings?: Record<string, number>;
  trials?: unknown[];
  trees: number;
  calibration: string;
  recentShift: number | null;
  xgboostVersion: string;
}

/** Journeys of the history: what became of them, and how many were left out and why. */
export interface Labels {
  journeys: number;
  goals: number;
  exits: number;
  weighted: number;
  from: number;
  to: number;
  censored?: number;
  helped?: number;
  refused?: number;
  bots?: number;
  withoutRows?: number;
}

export interface Card {
  labels: Labels;
  training: TrainingFacts;
  test: Report;
  validation?: Report;
}

/** The part of the site's rules that says what a score comes to. */
export interface OfferPolicy {
  qualify_risk: number;
  qualify_struggle: number;
  offer_budget_permille: number;
}
