// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Catalogue, RulesOverview } from "../../api/wordsTypes";
import { changes, firstEdits, placeWords, remarkWords, replaced, whenWords, without } from "./edits";

const builtin = { id: "any", language: "en", text: "Any questions?", when: [] };
const own = { id: "stuck", language: "en", text: "Stuck?", when: ["failed_submits"] };
const catalogue: Catalogue = {
  insights: [],
  actions: [{ id: "call", sentence: "Call", when: [] }],
  messages: [builtin],
};
const rules = { language: "en", ownWords: false, actions: [], messages: [] };
const overview: RulesOverview = { version: 1, rules: { analyst: rules }, versions: [], draft: null };

test("the page begins with what holds: the draft, else what was published, else the catalogue", () => {
  expect(firstEdits(overview, catalogue).messages).toEqual([builtin]);
  const published = { ...overview, rules: { analyst: { ...rules, messages: [own] } } };
  expect(firstEdits(published, catalogue).messages).toEqual([own]);
  const draft = { author: "Ada", rules: { analyst: { ...rules, language: "de" } } };
  expect(firstEdits({ ...published, draft }, catalogue)).toMatchObject({
    language: "de",
    messages: [builtin],
  });
});

test("only what was changed is sent", () => {
  const before = firstEdits(overview, catalogue);
  expect(changes(before, { ...before, messages: [...before.messages] })).toEqual({});
  const messages = replaced(before.messages, 0, { text: "Ask us" });
  expect(changes(before, { ...before, messages })).toEqual({ messages: [{ ...builtin, text: "Ask us" }] });
  expect(changes(before, { ...before, actions: without(before.actions, 0), language: "de" })).toEqual({
    actions: [],
    language: "de",
  });
});

test("what the server says has a place, a remark and a reason in words", () => {
  expect(placeWords("analyst.messages[3].text")).toBe("Message 4");
  expect(placeWords("analyst.actions[0].id")).toBe("Action 1");
  expect(placeWords("analyst.language")).toBe("language");
  expect(remarkWords("number")).toContain("number");
  expect(remarkWords(null)).toBe("");
  expect(whenWords(["failed_submits", "leaving"])).toBe("failed submits, leaving");
  expect(whenWords([])).toBe("anything");
});
