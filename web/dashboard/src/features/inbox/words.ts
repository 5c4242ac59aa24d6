// SPDX-License-Identifier: Apache-2.0
import type { Conversation } from "../../api/types";
import { ago, waited } from "../../ui/time";
import { waitingSince } from "./order";

export function labelOf(one: Conversation): string {
  return one.label ?? `Visitor ${one.visitor.slice(-4)}`;
}

export function previewOf(one: Conversation): string {
  if (!one.lastText) return one.interventionId ? "offer accepted, no message yet" : "no message yet";
  return one.lastFrom === "agent" ? `You: ${one.lastText}` : one.lastText;
}

/** "77 · submit failed twice", or whichever of the two is known. */
export function reasonTag(one: Conversation): string | undefined {
  const parts = [one.riskAtOffer ?? undefined, one.reason || undefined].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(" · ") : undefined;
}

export function whenWords(one: Conversation, now: number): string {
  const since = waitingSince(one);
  if (since !== undefined) return `waiting ${waited(now - since)}`;
  return ago(now - (one.closedAt ?? one.lastAt ?? one.openedAt));
}
