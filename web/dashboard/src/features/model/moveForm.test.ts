// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import {
  emptyForm,
  type FormAct,
  type MoveForm,
  noteFault,
  orderOf,
  percentFault,
  reduceForm,
} from "./moveForm";

const after = (form: MoveForm, ...acts: FormAct[]) => acts.reduce(reduceForm, form);
const refused: FormAct = { type: "refused", code: "over_budget", words: "55 of 1000 journeys" };

test("a plain move is sent as it is", () => {
  expect(orderOf(emptyForm("live"))).toEqual({ stage: "live" });
  expect(orderOf(after(emptyForm("shadow"), { type: "note", text: "  watch it " }))).toEqual({
    stage: "shadow",
    note: "watch it",
  });
});

test("a canary needs a whole share", () => {
  const canary = emptyForm("canary");
  expect(orderOf(canary)).toEqual({ stage: "canary", percent: 10 });
  for (const text of ["", "0", "100", "2.5", "-3", "ten"]) {
    const form = after(canary, { type: "percent", text });
    expect(percentFault(form)).toBeDefined();
    expect(orderOf(form)).toBeUndefined();
  }
  expect(percentFault(emptyForm("live"))).toBeUndefined();
});

test("a refusal for the budget is overridden by choice and with a note, never by sending again", () => {
  const form = after(emptyForm("live"), { type: "sent" }, refused);
  expect(form.refusedBudget).toBe("55 of 1000 journeys");
  expect(orderOf(form)).toBeUndefined();
  const chosen = after(form, { type: "evenSo", on: true });
  expect(noteFault(chosen)).toBeDefined();
  expect(orderOf(chosen)).toBeUndefined();
  expect(orderOf(after(chosen, { type: "note", text: "a trial for a day" }))).toEqual({
    stage: "live",
    overBudget: true,
    note: "a trial for a day",
  });
});

test("another refusal is told, and forgotten with the next try", () => {
  const form = after(emptyForm("live"), {
    type: "refused",
    code: "unusable_model",
    words: "it cannot be asked",
  });
  expect(form.failed).toBe("it cannot be asked");
  expect(orderOf(form)).toEqual({ stage: "live" });
  expect(after(form, { type: "sent" }).failed).toBeUndefined();
});

test("what was done is not done twice", () => {
  const move = { version: 1, stage: "live", effectiveAt: 0, author: "", note: "" } as const;
  expect(orderOf(after(emptyForm("live"), { type: "moved", moved: { move } }))).toBeUndefined();
});
