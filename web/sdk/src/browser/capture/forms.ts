// SPDX-License-Identifier: MIT
import type { CapturePort, FormsWatch } from "../../domain/ports";
import { createSubmitWatch } from "../../domain/submitWatch";
import { guard } from "../../tools/guard";
import { emptinessOf, namesOf, watchFields } from "./fields";
import { type Field, formOf, isField, targetOf } from "./target";

const INVALID = "[aria-invalid=true],[aria-invalid=grammar],[aria-invalid=spelling]";
const SUBMITTER = "button:not([type]),button[type=submit],input[type=submit],input[type=image]";
/** A form that a press refuses says so in the same task; a slow page needs a little longer. */
const PRESS_MS = 300;
const RECENT_MS = 300;

type When = "input" | "blur" | "submit";

function ruleOf({ validity }: Field): string | undefined {
  for (const rule in validity) if (rule !== "valid" && validity[rule as keyof ValidityState]) return rule;
  return undefined;
}

/** Reports fields found invalid and what became of submits. */
export function startForms(port: CapturePort): FormsWatch {
  const { clock, keyOf, listen, track } = port;
  /** Forms whose results the application reports itself. */
  const appForms = new Set<string>();
  const touched = new WeakSet<Element>();
  let pressed: { form: HTMLFormElement | null; at: number } = { form: null, at: 0 };
  let typed: { field?: Element; at: number } = { at: 0 };
  let left: { field?: Element; at: number } = { at: 0 };

  function report(field: Element, source: "native" | "aria", when: When): void {
    track("validation", {
      ...namesOf(port, field),
      source,
      when,
      ...(isField(field) ? { rule: ruleOf(field), ...emptinessOf(field) } : {}),
    });
  }

  const submits = createSubmitWatch<HTMLFormElement>({
    clock,
    showsInvalid: (form) => !!form.querySelector(INVALID),
    report: (form, result, details) => {
      const key = keyOf(form);
      if (appForms.has(key)) return;
      // Marks that stayed from the last try do not change, so nothing else would report them again.
      if (result === "invalid")
        form.querySelectorAll(INVALID).forEach((field) => report(field, "aria", "submit"));
      track("submit", { form: key, result, ...details });
    },
  });

  const isRecent = (what: { at: number }, ms: number) => clock.mono() - what.at <= ms;

  /** What the visitor was doing when the field was found invalid. */
  function whenOf(field: Element): When {
    const form = formOf(field);
    if (form && (submits.isTrying(form) || (form === pressed.form && isRecent(pressed, PRESS_MS))))
      return "submit";
    if (left.field === field && isRecent(left, RECENT_MS)) return "blur";
    const isTyping =
      field.contains(document.activeElement) && typed.field === field && isRecent(typed, RECENT_MS);
    return isTyping ? "input" : "blur";
  }

  function onFound(field: Element, source: "native" | "aria"): void {
    const when = whenOf(field);
    report(field, source, when);
    const form = formOf(field);
    if (when !== "submit" || !form) return;
    // A form that refuses natively gives no submit event at all: the press was the attempt.
    if (!submits.isTrying(form)) submits.attempt(form);
    submits.foundInvalid(form);
  }

  /** A field never touched was only passed by: that it is required and empty is no mistake yet. */
  function onLeft(field: Field): void {
    left = { field, at: clock.mono() };
    if (touched.has(field) && field.willValidate && !field.validity.valid) report(field, "native", "blur");
  }

  function onSubmit(event: Event): void {
    const form = targetOf(event) as HTMLFormElement | undefined;
    if (form) submits.attempt(form);
  }

  function onPress(event: Event): void {
    const target = targetOf(event);
    const submitter = target?.closest(SUBMITTER);
    if (submitter) pressed = { form: formOf(submitter), at: clock.mono() };
  }

  function onKey(event: KeyboardEvent): void {
    const target = targetOf(event);
    if (event.key === "Enter" && isField(target)) pressed = { form: formOf(target), at: clock.mono() };
  }

  const marks = new MutationObserver(
    guard((records: MutationRecord[]) => {
      for (const { target, oldValue } of records) {
        const wasInvalid = !!oldValue && oldValue !== "false";
        if (!wasInvalid && (target as Element).matches(INVALID)) onFound(target as Element, "aria");
      }
    }),
  );
  marks.observe(document, { subtree: true, attributeFilter: ["aria-invalid"], attributeOldValue: true });

  port.add(() => marks.disconnect());

  listen(window, "submit", onSubmit);
  listen(window, "click", onPress);
  listen(window, "keydown", onKey);
  listen(document, "input", (event) => {
    typed = { field: targetOf(event), at: clock.mono() };
    if (typed.field) touched.add(typed.field);
  });
  listen(document, "invalid", (event) => {
    const field = targetOf(event);
    if (field) onFound(field, "native");
  });
  port.onAppSubmit((key) => {
    appForms.add(key);
    document.querySelectorAll("form").forEach((form) => keyOf(form) === key && submits.cancel(form));
  });

  port.onExit((isLeaving) => isLeaving && submits.finish());
  watchFields(port, onLeft);
  return submits;
}
