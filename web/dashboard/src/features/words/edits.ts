// SPDX-License-Identifier: Apache-2.0
import type {
  AnalystAction,
  AnalystRules,
  Catalogue,
  MessageTemplate,
  RulesOverview,
} from "../../api/wordsTypes";

/** The part of the rules that the page changes. */
export interface Edits {
  language: string;
  messages: MessageTemplate[];
  actions: AnalystAction[];
}

/** What holds: the site's own, else the catalogue's. */
function effective({ language, messages, actions }: AnalystRules, catalogue: Catalogue): Edits {
  return {
    language,
    messages: messages.length > 0 ? messages : catalogue.messages,
    actions: actions.length > 0 ? actions : catalogue.actions,
  };
}

/** What the page begins with: the draft there is, else what was published last. */
export function firstEdits(overview: RulesOverview, catalogue: Catalogue): Edits {
  return effective((overview.draft ?? overview).rules.analyst, catalogue);
}

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/**
 * What is sent: only what differs from what there was. So the catalogue's words stay the catalogue's, and get better
 * with it, until somebody changes one.
 */
export function changes(before: Edits, after: Edits): Partial<Edits> {
  const out: Partial<Edits> = {};
  if (after.language !== before.language) out.language = after.language;
  if (!same(after.messages, before.messages)) out.messages = after.messages;
  if (!same(after.actions, before.actions)) out.actions = after.actions;
  return out;
}

export function replaced<Item>(items: readonly Item[], index: number, by: Partial<Item>): Item[] {
  return items.map((item, place) => (place === index ? { ...item, ...by } : item));
}

export function without<Item>(items: readonly Item[], index: number): Item[] {
  return items.filter((_, place) => place !== index);
}

/** "analyst.messages[3].text" is of the fourth message. */
export function placeWords(field: string): string {
  const [, list, index] = /analyst\.(messages|actions)\[(\d+)\]/.exec(field) ?? [];
  if (!list) return field.replace(/^analyst\./, "");
  return `${list === "messages" ? "Message" : "Action"} ${Number(index) + 1}`;
}

const remarks: Record<string, string> = {
  number: "has a number: is it true for everybody?",
  promise: "promises something: will it be kept?",
  claim: "thanks or wishes well: for what?",
};

export function remarkWords(remark: string | null): string {
  return remark ? (remarks[remark] ?? remark) : "";
}

/** "submits failed, inputs refused": what a text fits. */
export function whenWords(when: readonly string[]): string {
  return when.length > 0 ? when.map((code) => code.replaceAll("_", " ")).join(", ") : "anything";
}
