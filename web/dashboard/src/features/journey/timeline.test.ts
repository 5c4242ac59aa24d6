// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import type { Decision, Folded, Intervention, LoggedRecord, Signal } from "../../api/types";
import { keyWords, recordWords } from "./recordWords";
import { type Known, shortStory, timeline } from "./timeline";

let offset = 0;

function event(eventType: string, eventData: Record<string, unknown>, at = ++offset): LoggedRecord {
  return { offset: at, record: "event", eventType, eventData, receivedAt: at };
}

const nothing: Known = { events: [], signals: [], interventions: [], decisions: [] };
const signal: Signal = {
  id: "s",
  signal: "submit_fail_repeat",
  words: "submit failed twice",
  target: "form:loan",
  grade: "twice",
  state: "provisional",
  at: 50,
};
const decision: Decision = {
  id: "d",
  at: 60,
  outcome: "offer",
  trigger: "rising_edge",
  risk: 77,
  struggle: 77,
  level: "high",
  gates: [],
  contributions: [],
};
const offer: Intervention = {
  id: "i",
  decisionId: "d",
  state: "accepted",
  at: 60,
  displayedAt: 70,
  waitedMs: 1620,
  endedAt: 80,
};

describe("a record in words", () => {
  test("keys lose their role and their dashes", () => {
    expect(keyWords("textbox:loan-term")).toBe("loan term");
    expect(keyWords(undefined)).toBe("something");
  });

  test.each([
    ["page", { path: "/demo/", navigation: "load" }, "opened /demo/"],
    ["page", { path: "/demo/", navigation: "pop" }, "went back to /demo/"],
    ["validation", { key: "textbox:loan-term", when: "submit" }, "loan term invalid"],
    ["submit", { form: "form:loan", result: "failed", status: 503 }, "submit failed (503)"],
    ["submit", { form: "form:loan", result: "ok" }, "submitted"],
    ["exit_intent", { kind: "top" }, "reached for the tab bar"],
    [
      "struggle_signal",
      { feature: "calculator", attemptCount: 3 },
      "the app reports 3 attempts at calculator",
    ],
    ["cart_opened", {}, "cart opened"],
  ])("%s %o", (type, body, words) => {
    expect(recordWords(event(type, body)).words).toBe(words);
  });

  test("what a record is besides an event is said too", () => {
    expect(recordWords({ offset: 1, record: "timer", receivedAt: 1 }).words).toBe("a timer ran out");
    expect(recordWords({ offset: 1, record: "answer", words: "offer displayed", receivedAt: 1 }).words).toBe(
      "offer displayed",
    );
    const word = "an endpoint's word of leaving: 62 %";
    expect(recordWords({ offset: 1, record: "prediction", words: word, receivedAt: 1 }).words).toBe(word);
    expect(recordWords({ offset: 1, record: "new_kind", receivedAt: 1 }).words).toBe("new_kind");
  });
});

describe("timeline", () => {
  test("records, signals, decision and offer lie in one order", () => {
    const known: Known = {
      events: [event("page", { path: "/demo/" }, 10)],
      signals: [signal],
      decisions: [decision],
      interventions: [offer],
    };
    expect(timeline(known, []).map((item) => item.words)).toEqual([
      "opened /demo/",
      "submit failed twice",
      "help offered at risk 77",
      "offer shown after a wait of 1.6 s",
      "offer accepted",
    ]);
  });

  test("a refusal says which rule refused", () => {
    const gates = [{ gate: "agent", verdict: "reject" as const, detail: "nobody is available at the desk" }];
    const refused: Decision = { ...decision, outcome: "none", gates };
    expect(timeline({ ...nothing, decisions: [refused] }, [])[0]?.words).toBe(
      "no help offered at risk 77: nobody is available at the desk",
    );
  });

  test("the live word on a signal replaces the one that was read", () => {
    const folded: Folded = {
      offset: 90,
      at: 90,
      record: "event",
      eventType: "click",
      words: "click · download",
      struggle: 60,
      risk: 60,
      level: "medium",
      signals: [{ ...signal, state: "retracted" }],
    };
    const items = timeline({ ...nothing, signals: [signal] }, [folded]);
    expect(items.map((item) => item.words)).toEqual(["submit failed twice (taken back)", "click · download"]);
  });
});

describe("short story", () => {
  test("fields filled in a row are named together, repeats are counted, minor things left out", () => {
    const events = [
      event("page", { path: "/demo/" }),
      event("field", { key: "textbox:amount", phase: "focus" }),
      event("field", { key: "textbox:amount", phase: "blur", changed: true }),
      event("field", { key: "textbox:rate", phase: "blur", changed: true }),
      event("click", { key: "button:download" }),
      event("click_outcome", { kind: "none" }),
      event("click", { key: "button:download" }),
      event("click", { key: "button:apply" }),
      event("submit", { form: "f", result: "invalid" }),
      event("submit", { form: "f", result: "invalid" }),
    ];
    expect(shortStory(timeline({ ...nothing, events }, [])).map((one) => one.words)).toEqual([
      "opened /demo/",
      "filled amount, rate",
      "clicked download × 2",
      "clicked apply",
      "submit refused: a field is invalid",
      "submit refused: a field is invalid",
    ]);
  });
});
