// SPDX-License-Identifier: Apache-2.0
import { AmountField } from "./AmountField";
import { Field } from "./Field";
import { Outcome } from "./Outcome";
import { PurposeField } from "./PurposeField";
import { Results } from "./Results";
import { Schedule } from "./Schedule";
import { TermField } from "./TermField";
import { useLoanForm } from "./useLoanForm";

export function LoanCalculator() {
  const form = useLoanForm();
  const { draft, statuses, change, blur } = form;
  return (
    <>
      <form
        id="loan-calculator"
        name="loan-calculator"
        className="card calculator"
        noValidate
        onSubmit={form.submit}
      >
        <div className="calculator-fields">
          <AmountField
            value={draft.amount}
            status={statuses.amount}
            onChange={(value) => change("amount", value)}
            onBlur={() => blur("amount")}
          />
          <Field
            id="loan-rate"
            label="Interest rate"
            unit="% a year"
            inputMode="decimal"
            value={draft.rate}
            status={statuses.rate}
            hint="Fixed for the whole term."
            onChange={(event) => change("rate", event.target.value)}
            onBlur={() => blur("rate")}
          />
          <TermField
            value={draft.term}
            status={statuses.term}
            onChange={(value) => change("term", value)}
            onBlur={() => blur("term")}
          />
          <PurposeField value={draft.purpose} onChange={(value) => change("purpose", value)} />
        </div>
        <div className="calculator-result">
          <Results loan={form.loan} result={form.result} />
          <div className="calculator-actions">
            <button type="submit" name="apply" id="loan-apply" className="button button-primary">
              Apply for this loan
            </button>
            <button type="submit" name="save" id="loan-save" className="button button-second">
              Save this calculation
            </button>
          </div>
          <Outcome sending={form.sending} />
        </div>
      </form>
      <Schedule result={form.result} />
    </>
  );
}
