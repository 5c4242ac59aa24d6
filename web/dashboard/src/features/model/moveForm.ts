// SPDX-License-Identifier: Apache-2.0
import type { ModelStage, Moved, MoveOrder } from "../../api/modelTypes";

/** What stands in the dialog that puts a version to a stage, and what the server said to it. */
export interface MoveForm {
  stage: ModelStage;
  percent: string;
  note: string;
  evenSo: boolean;
  /** The server's words when it refused, because it would break the offer budget. */
  refusedBudget?: string;
  /** Any other refusal, or that the server could not be reached. */
  failed?: string;
  moved?: Moved;
}

export type FormAct =
  | { type: "percent" | "note"; text: string }
  | { type: "evenSo"; on: boolean }
  | { type: "sent" }
  | { type: "refused"; code: string; words: string }
  | { type: "moved"; moved: Moved };

export const emptyForm = (stage: ModelStage): MoveForm => ({ stage, percent: "10", note: "", evenSo: false });

export function reduceForm(form: MoveForm, act: FormAct): MoveForm {
  switch (act.type) {
    case "percent":
    case "note":
      return { ...form, [act.type]: act.text };
    case "evenSo":
      return { ...form, evenSo: act.on };
    case "sent": {
      const { failed: _, ...rest } = form;
      return rest;
    }
    case "refused":
      if (act.code === "over_budget") return { ...form, refusedBudget: act.words };
      return { ...form, failed: act.words };
    case "moved":
      return { ...form, moved: act.moved };
  }
}

/** What is wrong with the share of a canary. */
export function percentFault({ stage, percent }: MoveForm): string | undefined {
  if (stage !== "canary") return undefined;
  const isWhole = /^\d{1,2}$/.test(percent.trim()) && Number(percent) >= 1;
  return isWhole ? undefined : "A whole number from 1 to 99.";
}

/** Breaking the budget is somebody's choice, so it needs their words. */
export function noteFault({ evenSo, refusedBudget, note }: MoveForm): string | undefined {
  return refusedBudget && evenSo && !note.trim() ? "Say why, for who reads the history." : undefined;
}

/** The order to send; nothing while the form is not fit to be sent. */
export function orderOf(form: MoveForm): MoveOrder | undefined {
  if (percentFault(form) || noteFault(form) || form.moved) return undefined;
  if (form.refusedBudget && !form.evenSo) return undefined;
  const note = form.note.trim();
  return {
    stage: form.stage,
    ...(form.stage === "canary" && { percent: Number(form.percent) }),
    ...(form.evenSo && form.refusedBudget && { overBudget: true }),
    ...(note && { note }),
  };
}
