// SPDX-License-Identifier: Apache-2.0
import type { Reading } from "./types";

/** The schemas of openapi.yaml about an analyst's rules, under the same names. */

export interface AnalystAction {
  id: string;
  sentence: string;
  when: string[];
}

export interface MessageTemplate {
  id: string;
  language: string;
  text: string;
  when: string[];
}

export interface AnalystRules {
  language: string;
  ownWords: boolean;
  actions: AnalystAction[];
  messages: MessageTemplate[];
}

export interface RulesOverview {
  version: number;
  rules: { analyst: AnalystRules };
  versions: { version: number; author: string; note: string; effectiveAt: number | null }[];
  draft: { author: string; rules: { analyst: AnalystRules } } | null;
}

export interface PreviewedMessage extends MessageTemplate {
  shown: boolean;
  remark: "promise" | "claim" | "number" | null;
}

export interface PreviewedReading extends Reading {
  example: string;
  words: string;
  facts: Record<string, number>;
  messageId: string | null;
}

export interface AnalystPreview {
  language: string;
  disclosure: string | null;
  untranslated: string[];
  messages: PreviewedMessage[];
  readings: PreviewedReading[];
}

export interface Catalogue {
  insights: { code: string; tendency: string; sentences: Record<string, string> }[];
  actions: AnalystAction[];
  messages: MessageTemplate[];
}
