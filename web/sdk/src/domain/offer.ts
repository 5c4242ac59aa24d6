// SPDX-License-Identifier: MIT

export interface OfferStrings {
  title?: string;
  body?: string;
  accept?: string;
  later?: string;
  never?: string;
}

export interface Offer {
  interventionId: string;
  strings: OfferStrings;
  expiresAt: number;
  state?: string;
  agent?: string | null;
}

export type OfferAnswer = "accepted" | "dismissed" | "snoozed";

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
