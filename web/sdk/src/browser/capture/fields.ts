// SPDX-License-Identifier: MIT
import type { CapturePort } from "../../domain/ports";
import { type Field, formOf, isField, isTextControl, targetOf } from "./target";

const CONSTRAINED =
  "[required],[pattern],[min],[max],[step],[minlength],[maxlength],[type=email],[type=url],[type=number]";

interface Visit {
  field: Field;
  at: number;
  firstKeyMs: number | null;
  keys: number;
  deletes: number;
  pastes: number;
  autofill: boolean;
  changed: boolean;
}

/** Whether the field counts as valid, or null where nothing on the page can tell. */
export function validityOf(field: Field): boolean | null {
  if (/^(true|grammar|spelling)$/.test(field.getAttribute("aria-invalid") || "")) return false;
  if (field.willValidate && !field.validity.valid) return false;
  return field.matches(CONSTRAINED) || field.hasAttribute("aria-invalid") ? true : null;
}

/** Whether it is empty, learned without reading its value. */
export function emptinessOf(field: Field): { empty?: boolean } {
  if (field.validity.valueMissing) return { empty: true };
  if (field.required) return { empty: false };
  return (field as HTMLInputElement).placeholder ? { empty: field.matches(":placeholder-shown") } : {};
}

/** The keys of a field and of its form. */
export function namesOf({ keyOf }: CapturePort, field: Element): { key: string; form?: string } {
  const form = formOf(field);
  return { key: keyOf(field), ...(form ? { form: keyOf(form) } : {}) };
}

/** Reports how fields are used: counts and times, never what was entered. */
export function watchFields(port: CapturePort, onLeft: (field: Field) => void): void {
  const { clock, listen, track } = port;
  let visit: Visit | undefined;

  function describe(field: Field) {
    return { ...namesOf(port, field), type: field.type.slice(0, 40) };
  }

  function onFocus(field: Element | null | undefined): void {
    if (!isField(field)) return;
    const at = clock.mono();
    visit = { field, at, firstKeyMs: null, keys: 0, deletes: 0, pastes: 0, autofill: false, changed: false };
    track("field", { ...describe(field), phase: "focus" });
  }

  function onBlur(event: FocusEvent): void {
    const left = visit;
    if (!left || targetOf(event) !== left.field) return;
    visit = undefined;
    const { field, at, ...counts } = left;
    const activeMs = Math.round(clock.mono() - at);
    const valid = validityOf(field);
    track("field", { ...describe(field), phase: "blur", activeMs, ...counts, ...emptinessOf(field), valid });
    onLeft(field);
  }

  function onKey(event: KeyboardEvent): void {
    if (!visit || targetOf(event) !== visit.field) return;
    const isDelete = event.key === "Backspace" || event.key === "Delete";
    if (!isDelete && event.key.length !== 1) return;
    visit.keys++;
    if (isDelete) visit.deletes++;
    visit.firstKeyMs ??= Math.round(clock.mono() - visit.at);
  }

  function onInput(event: Event): void {
    if (!visit || targetOf(event) !== visit.field) return;
    visit.changed = true;
    // Filling in by the browser comes without an input type, or as a replacement.
    const { inputType } = event as InputEvent;
    if (isTextControl(visit.field) && (!inputType || inputType === "insertReplacementText"))
      visit.autofill = true;
  }

  function onChange(event: Event): void {
    const field = targetOf(event);
    if (isField(field) && !isTextControl(field)) {
      track("field", { ...describe(field), phase: "change", valid: validityOf(field) });
    }
  }

  onFocus(document.activeElement);
  listen(document, "focusin", (event) => onFocus(targetOf(event)));
  listen(document, "focusout", onBlur);
  listen(document, "keydown", onKey);
  listen(document, "input", onInput);
  listen(document, "change", onChange);
  listen(document, "paste", (event) => {
    if (visit && targetOf(event) === visit.field) visit.pastes++;
  });
}
