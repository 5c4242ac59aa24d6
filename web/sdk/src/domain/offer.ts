// SPDX-License-Identifier: MIT

export interface OfferStrings {
  title?: string;
  body?: string;
  accept?: string;
  later?: string;
  never?: string;
  /** Says that an AI worded the body. */
  disclosure?: string;
}

export interface Offer {
  interventionId: string;
  strings: OfferStrings;
  /** Of the strings. */
  language?: string;
  /** Of the body, where it is another. */
  bodyLanguage?: string;
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
