// SPDX-License-Identifier: Apache-2.0
import type { CSSProperties } from "react";
import { wholeMoney } from "../format";
import { Field } from "./Field";
import { type FieldStatus, limits, parseNumber } from "./validation";

interface Props {
  value: string;
  status: FieldStatus | undefined;
  onChange(value: string): void;
  onBlur(): void;
}

export function AmountField({ value, status, onChange, onBlur }: Props) {
  const { min, max } = limits.amount;
  const typed = parseNumber(value);
  const amount = Number.isNaN(typed) ? min : Math.min(Math.max(typed, min), max);
  const filled = { "--filled": `${((amount - min) / (max - min)) * 100}%` } as CSSProperties;
  return (
    <div>
      <Field
        id="loan-amount"
        label="Amount"
        unit="€"
        inputMode="decimal"
        value={value}
        status={status}
        hint={`Between ${wholeMoney(min * 100)} and ${wholeMoney(max * 100)}.`}
        onChange={(event) => onChange(event.target.value)}
        onBlur={onBlur}
      />
      <input
        className="slider"
        style={filled}
        type="range"
        id="loan-amount-slider"
        name="loan-amount-slider"
        aria-label="Amount"
        aria-valuetext={wholeMoney(amount * 100)}
        min={min}
        max={max}
        step={500}
        value={amount}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
