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
  signals?: Signal[];
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
  signals: Signal;
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
