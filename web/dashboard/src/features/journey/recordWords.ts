// SPDX-License-Identifier: Apache-2.0
import type { LoggedRecord, Tag } from "../../api/types";

export interface RecordWords {
  words: string;
  kind: Tag;
  /** What merges with its neighbours in the short story: fields filled one after the other, the same act again. */
  joins?: "filled" | "again";
  /** Left out of the short story; the whole journey shows it. */
  minor?: boolean;
}

type Body = Record<string, unknown>;

const text = (body: Body, name: string): string | undefined => {
  const value = body[name];
  return typeof value === "string" && value ? value : undefined;
};

/** The human part of an element key: "textbox:loan-term" → "loan term". */
export function keyWords(key: string | undefined): string {
  if (!key) return "something";
  const own = key.slice(key.lastIndexOf(":") + 1) || key;
  return own.replace(/[-_]+/g, " ").trim() || key;
}

const exits: Record<string, string> = {
  top: "reached for the tab bar",
  back: "went for the back button",
  tab_hide: "left the tab",
  close: "began to close the page",
};

const pageArrivals: Record<string, string> = {
  reload: "reloaded",
  pop: "went back to",
  bfcache: "came back to",
};

const outcomes: Record<string, RecordWords> = {
  ok: { words: "submitted", kind: "progress" },
  invalid: { words: "submit refused: a field is invalid", kind: "fact" },
  failed: { words: "submit failed", kind: "fact" },
  unknown: { words: "submitted, result unknown", kind: "fact" },
};

function fieldWords(body: Body): RecordWords {
  const key = keyWords(text(body, "key"));
  if (body.phase === "change") return { words: `chose ${key}`, kind: "fact" };
  if (body.phase === "blur" && body.changed === true) return { words: key, kind: "fact", joins: "filled" };
  return { words: `${body.phase === "focus" ? "entered" : "left"} ${key}`, kind: "fact", minor: true };
}

function submitWords(body: Body): RecordWords {
  const known = outcomes[text(body, "result") ?? "unknown"];
  const words = known ?? { words: "submitted", kind: "fact" };
  return typeof body.status === "number" ? { ...words, words: `${words.words} (${body.status})` } : words;
}

const byType: Record<string, (body: Body) => RecordWords> = {
  page: (body) => {
    const arrival = pageArrivals[text(body, "navigation") ?? ""] ?? "opened";
    return { words: `${arrival} ${text(body, "path") ?? "a page"}`, kind: "fact" };
  },
  click: (body) => ({ words: `clicked ${keyWords(text(body, "key"))}`, kind: "fact", joins: "again" }),
  click_outcome: (body) => ({
    words: body.kind === "none" ? "nothing happened after a click" : `the page answered (${body.kind})`,
    kind: "fact",
    minor: true,
  }),
  field: fieldWords,
  validation: (body) => ({ words: `${keyWords(text(body, "key"))} invalid`, kind: "fact", joins: "again" }),
  submit: submitWords,
  exit_intent: (body) => ({ words: exits[text(body, "kind") ?? ""] ?? "made for the way out", kind: "fact" }),
  visibility: (body) => ({ words: body.visible ? "tab in front" : "tab hidden", kind: "fact", minor: true }),
  step: (body) => ({ words: `step ${keyWords(text(body, "step"))}`, kind: "progress" }),
  progress: (body) => ({ words: `progress: ${keyWords(text(body, "name"))}`, kind: "progress" }),
  goal: (body) => ({ words: `goal reached: ${keyWords(text(body, "name"))}`, kind: "progress" }),
  identify: () => ({ words: "signed in", kind: "fact" }),
  struggle_signal: (body) => ({
    words: `the app reports ${body.attemptCount ?? "several"} attempts at ${keyWords(text(body, "feature"))}`,
    kind: "fact",
  }),
};

const byRecord: Record<string, RecordWords> = {
  answer: { words: "answer to an offer", kind: "offer", minor: true },
  chat: { words: "chat", kind: "chat", minor: true },
  timer: { words: "a timer ran out", kind: "fact", minor: true },
  prediction: { words: "an endpoint's word of leaving", kind: "fact", minor: true },
  analysis: { words: "a provider's reading of the journey", kind: "fact", minor: true },
  link: { words: "linked with an account", kind: "fact" },
  control: { words: "an agent came or went", kind: "fact", minor: true },
  person: { words: "news from another device", kind: "fact", minor: true },
};

/** A record of the log in words. Custom events of the site keep their own name. */
export function recordWords({ record, eventType, eventData, words }: LoggedRecord): RecordWords {
  const ofType = eventType ? byType[eventType] : undefined;
  if (ofType) return ofType(eventData ?? {});
  if (record !== "event") {
    const known = byRecord[record] ?? { words: record, kind: "fact", minor: true };
    return words ? { ...known, words } : known;
  }
  return { words: (eventType ?? "an event").replace(/[_.:]+/g, " "), kind: "fact", joins: "again" };
}
