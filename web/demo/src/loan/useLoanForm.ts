// SPDX-License-Identifier: Apache-2.0
import { type SubmitEvent, useMemo, useState } from "react";
import { type Loan, quote } from "./arithmetic";
import { type Intent, sendLoan } from "./requests";
import {
  type CheckedField,
  changed,
  checkAll,
  checked,
  type Draft,
  loanOf,
  type Statuses,
} from "./validation";

export type Sending = { state: "idle" } | { state: "sending" | "done" | "failed"; intent: Intent };

const start: Draft = { amount: "24000", rate: "6.9", term: "60", purpose: "home" };
const order: CheckedField[] = ["amount", "rate", "term"];

export function useLoanForm() {
  const [draft, setDraft] = useState(start);
  const [statuses, setStatuses] = useState<Statuses>({});
  const [sending, setSending] = useState<Sending>({ state: "idle" });

  const loan = useMemo(() => loanOf(draft), [draft]);
  const result = useMemo(() => (loan ? quote(loan) : undefined), [loan]);

  function change(field: keyof Draft, value: string) {
    const next = { ...draft, [field]: value };
    setDraft(next);
    if (field !== "purpose") setStatuses((known) => changed(known, field, next));
    if (sending.state !== "sending") setSending({ state: "idle" });
  }

  function blur(field: CheckedField) {
    setStatuses((known) => checked(known, field, draft));
  }

  async function send(intent: Intent, valid: Loan) {
    setSending({ state: "sending", intent });
    const done = await sendLoan(intent, valid, draft.purpose);
    setSending({ state: done ? "done" : "failed", intent });
    if (done && intent === "apply") window.handrail?.goal("loan_application");
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const submitter = event.nativeEvent.submitter;
    const intent = submitter?.getAttribute("name") === "save" ? "save" : "apply";
    const found = checkAll(draft);
    setStatuses((known) => order.reduce((all, field) => checked(all, field, draft), known));
    const wrong = order.find((field) => found[field]);
    if (wrong) {
      document.getElementById(`loan-${wrong}`)?.focus();
      return;
    }
    if (loan && sending.state !== "sending") void send(intent, loan);
  }

  return { draft, statuses, loan, result, sending, change, blur, submit };
}
