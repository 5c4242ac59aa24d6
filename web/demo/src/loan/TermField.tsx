// SPDX-License-Identifier: Apache-2.0
import { duration } from "../format";
import { Field } from "./Field";
import { type FieldStatus, limits, parseNumber } from "./validation";

interface Props {
  value: string;
  status: FieldStatus | undefined;
  onChange(value: string): void;
  onBlur(): void;
}

export function TermField({ value, status, onChange, onBlur }: Props) {
  const months = parseNumber(value);
  const { min, max } = limits.term;

  function step(by: number) {
    const from = Number.isNaN(months) ? min : Math.round(months);
    onChange(String(Math.min(Math.max(from + by, min), max)));
  }

  return (
    <Field
      id="loan-term"
      label="Term"
      unit="months"
      inputMode="numeric"
      value={value}
      status={status}
      hint={Number.isNaN(months) ? "" : `${duration(months)}.`}
      onChange={(event) => onChange(event.target.value)}
      onBlur={onBlur}
      after={
        <span className="steppers">
          <button type="button" id="loan-term-less" aria-label="One month less" onClick={() => step(-1)}>
            −
          </button>
          <button type="button" id="loan-term-more" aria-label="One month more" onClick={() => step(1)}>
            +
          </button>
        </span>
      }
    />
  );
}
