// SPDX-License-Identifier: Apache-2.0
import type { InputHTMLAttributes, ReactNode } from "react";
import type { FieldStatus } from "./validation";

interface Props extends InputHTMLAttributes<HTMLInputElement> {
  id: string;
  label: string;
  hint?: string;
  unit?: string;
  status?: FieldStatus | undefined;
  /** Controls that sit in the field's frame, after its unit. */
  after?: ReactNode;
}

/** A labelled text field. The line below it is always there, so an error replaces the hint and nothing moves. */
export function Field({ id, label, hint, unit, status, after, ...input }: Props) {
  const noteId = `${id}-note`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="field-frame">
        <input
          {...input}
          id={id}
          name={id}
          type="text"
          autoComplete="off"
          aria-invalid={status && status.error !== undefined}
          aria-describedby={noteId}
        />
        {unit && <span className="unit">{unit}</span>}
        {after}
      </div>
      <p id={noteId} className={status?.error ? "note note-error" : "note"}>
        {status?.error ?? hint}
      </p>
    </div>
  );
}
