// SPDX-License-Identifier: Apache-2.0

/** The schemas of openapi.yaml that the desk reads, under the same names. Times are milliseconds since 1970. */

export type Level = "low" | "medium" | "high" | "critical";
export type ConversationFilter = "open" | "closed";

export interface Conversation {
  id: string;
  visitor: string;
  label?: string;
  state: "waiting" | "active" | "closed";
  openedAt: number;
  answeredAt?: number | null;
  closedAt?: number | null;
  unanswered?: boolean;
  agent?: string | null;
  interventionId?: string | null;
  decisionId?: string | null;
  lastText?: string;
  lastFrom?: string;
  lastAt?: number;
  riskAtOffer?: number | null;
  reason?: string;
}

export interface ChatMessage {
  conversationId: string;
  messageId: string;
  from: "visitor" | "agent" | "system";
  name?: string;
  event: "opened" | "message" | "unanswered" | "closed";
  text?: string;
  at: number;
  offset: number;
}

export interface ConversationWithMessages {
  conversation: Conversation;
  messages: ChatMessage[];
}

export interface ChatReceipt {
  conversationId: string;
  messageId?: string;
  offset: number;
  at?: number;
}

export interface Availability {
  available: number;
  agents: { agent: string; available: boolean; since: number }[];
}

export interface Contribution {
  signal: string;
  words: string;
  target: string;
  grade: string;
  points: number;
  at?: number;
}

export interface Signal {
  id: string;
  signal: string;
  words: string;
  target: string;
  grade: string;
  state: "provisional" | "confirmed" | "retracted";
  at: number;
}

export interface Insight {
  code: string;
  /** The fact that it rests on, and its value. */
  fact: string;
  value: number;
}

export interface AnalysisSource {
  provider: string;
  model: string | null;
  prompt: string;
  latencyMs: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  cached: boolean;
}

/** What was read from a journey; sentences are in the site's language. */
export interface Reading {
  exit_risk_score: number;
  engagement_level: "low" | "medium" | "high";
  key_insights: string[];
  recommended_actions: string[];
  insights: Insight[];
  actions: string[];
  message: string | null;
  language: string | null;
  ownWords: boolean;
}

export interface Analysis extends Reading {
  id: string;
  at: number;
  journeyId: string;
  cause: string;
  base: number;
  movesRisk: number;
  modelReasons: string[];
  source: AnalysisSource;
}

/** An analysis, as it stands among signals. */
export interface JourneyReading {
  id: string;
  signalType: "ai_journey_analysis";
  severity: Level;
  exitRiskScore: number;
  at: number;
  journeyId: string;
  analysis: Analysis;
}

export type AnySignal = Signal | JourneyReading;

export interface Gate {
  gate: string;
  verdict: "pass" | "reject" | "not_reached";
  detail: string;
}

export interface Decision {
  id: string;
  at: number;
  outcome: "offer" | "none";
  trigger: "rising_edge" | "persistent_risk";
  risk: number;
  struggle: number;
  level: Level;
  interventionId?: string | null;
  gates: Gate[];
  contributions: Contribution[];
  engineVersion?: string;
}

export type InterventionState =
  | "pending"
  | "displayed"
  | "withheld"
  | "accepted"
  | "dismissed"
  | "snoozed"
  | "expired"
  | "retracted"
  | "recorded";

export interface Intervention {
  id: string;
  decisionId: string;
  state: InterventionState;
  at: number;
  displayedAt?: number | null;
  waitedMs?: number | null;
  endedAt?: number | null;
  reason?: string;
  /** What the popup says, where it has words of its own. */
  message?: string | null;
}

export interface Journey {
  id: string;
  startedAt: number;
  lastAt: number;
  endedAt?: number | null;
  events: number;
  pages?: number;
  clicks?: number;
  submits?: number;
  failedSubmits?: number;
  goalAt?: number | null;
  highestRisk?: number;
}

export interface Score {
  at: number;
  struggle: number;
  risk: number;
  level: string;
  contributions?: Contribution[];
}

export interface Attributes extends Score {
  visitor: string;
  anonymousId?: string | null;
  userId?: string | null;
  contributions: Contribution[];
  signals: Signal[];
  /** Points by which a provider's reading moves the risk now. */
  advice?: number;
  analysis?: Analysis | null;
  journey?: Journey;
  agentsAvailable?: number;
}

export type Tag = "fact" | "signal" | "offer" | "progress" | "chat" | "duplicate";

export interface Folded extends Score {
  offset: number;
  occurredAt?: number;
  record: string;
  eventType?: string;
  words: string;
  tag?: Tag;
  signals?: AnySignal[];
  decision?: Decision | null;
  intervention?: Intervention | null;
}

export interface LoggedRecord {
  offset: number;
  record: string;
  eventId?: string;
  eventType?: string;
  /** The server's own words, for records that are no events. */
  words?: string;
  occurredAt?: number;
  receivedAt: number;
  flags?: string[];
  eventData?: Record<string, unknown>;
}

export interface Collections {
  events: LoggedRecord;
  journeys: Journey;
  signals: AnySignal;
  decisions: Decision;
  interventions: Intervention;
}

export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** Whom the server takes the desk for. */
export interface Caller {
  site: string;
  role: string;
  name: string;
  open: boolean;
}
