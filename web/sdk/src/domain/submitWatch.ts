// SPDX-License-Identifier: MIT
import type { Cancel, Clock } from "../tools/clock";
import type { SubmitResult } from "./facts";

const VALIDATION_MS = 150;
const REQUEST_MS = 1_000;
/** A request that never ends tells nothing. */
const ANSWER_MS = 30_000;
/** An application that reports its own result does so right after the answer; its word comes first. */
const COURTESY_MS = 50;
const MOST_OPEN = 5;

interface Attempt<Form> {
  form: Form;
  at: number;
  request?: number;
  isInvalid?: boolean;
  isDecided?: boolean;
  cancel?: Cancel;
}

export interface SubmitWatchDeps<Form> {
  clock: Clock;
  /** Whether the form shows fields marked invalid at this moment. */
  showsInvalid(form: Form): boolean;
  report(form: Form, result: SubmitResult, details: { ms: number; status?: number }): void;
}

export interface SubmitWatch<Form> {
  attempt(form: Form): void;
  /** A try to submit this form is less than a second old and undecided. */
  isTrying(form: Form): boolean;
  foundInvalid(form: Form): void;
  requestStarted(id: number): void;
  /** Status 0: no answer. `undefined`: given up by the page itself. */
  requestEnded(id: number, status: number | undefined): void;
  /** The application reported the result itself. */
  cancel(form: Form): void;
  /** The page goes: what is open can no longer be known. */
  finish(): void;
}

/** Finds out what became of a submit: refused by the form, decided by the first request after it, or unknown. */
export function createSubmitWatch<Form>(deps: SubmitWatchDeps<Form>): SubmitWatch<Form> {
  const { clock } = deps;
  let open: Attempt<Form>[] = [];

  function close(attempt: Attempt<Form>): void {
    attempt.cancel?.();
    open = open.filter((other) => other !== attempt);
  }

  function decide(attempt: Attempt<Form>, result: SubmitResult, status?: number): void {
    close(attempt);
    const ms = Math.max(0, Math.round(clock.mono() - attempt.at));
    deps.report(attempt.form, result, status ? { ms, status } : { ms });
  }

  function next(attempt: Attempt<Form>, ms: number, then: () => void): void {
    attempt.cancel?.();
    attempt.cancel = clock.after(ms, then);
  }

  function afterValidation(attempt: Attempt<Form>): void {
    if (attempt.request !== undefined) awaitAnswer(attempt);
    else if (deps.showsInvalid(attempt.form)) decide(attempt, "invalid");
    else next(attempt, REQUEST_MS - VALIDATION_MS, () => afterWaiting(attempt));
  }

  function afterWaiting(attempt: Attempt<Form>): void {
    if (attempt.request !== undefined) awaitAnswer(attempt);
    else decide(attempt, deps.showsInvalid(attempt.form) ? "invalid" : "unknown");
  }

  function awaitAnswer(attempt: Attempt<Form>): void {
    if (!attempt.isDecided) next(attempt, ANSWER_MS, () => decide(attempt, "unknown"));
  }

  const of = (form: Form) => open.filter((attempt) => attempt.form === form);

  return {
    attempt(form) {
      const attempt: Attempt<Form> = { form, at: clock.mono() };
      open.push(attempt);
      if (open.length > MOST_OPEN) decide(open[0] as Attempt<Form>, "unknown");
      next(attempt, VALIDATION_MS, () => afterValidation(attempt));
    },
    isTrying: (form) => of(form).some((attempt) => clock.mono() - attempt.at <= REQUEST_MS),
    foundInvalid(form) {
      for (const attempt of of(form)) {
        const isEarly = clock.mono() - attempt.at <= VALIDATION_MS;
        if (attempt.isInvalid || (!isEarly && attempt.request !== undefined && !attempt.isDecided)) continue;
        attempt.isInvalid = true;
        // Fields are found one after the other: let all of them be reported before the result.
        next(attempt, 0, () => decide(attempt, "invalid"));
      }
    },
    requestStarted(id) {
      const attempt = open.find((candidate) => candidate.request === undefined && !candidate.isInvalid);
      if (attempt && clock.mono() - attempt.at <= REQUEST_MS) attempt.request = id;
    },
    requestEnded(id, status) {
      const attempt = open.find((candidate) => candidate.request === id);
      if (!attempt || attempt.isInvalid) return;
      const result = status === undefined ? "unknown" : status > 0 && status < 400 ? "ok" : "failed";
      attempt.isDecided = true;
      next(attempt, COURTESY_MS, () => decide(attempt, result, status));
    },
    cancel(form) {
      of(form).forEach(close);
    },
    finish() {
      for (const attempt of open) decide(attempt, attempt.isInvalid ? "invalid" : "unknown");
    },
  };
}
