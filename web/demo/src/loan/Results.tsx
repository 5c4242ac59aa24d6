// SPDX-License-Identifier: Apache-2.0
import { money } from "../format";
import type { Loan, Quote } from "./arithmetic";
import { BalanceChart } from "./BalanceChart";

export function Results({ loan, result }: { loan: Loan | undefined; result: Quote | undefined }) {
  return (
    <section className="results" aria-label="Result">
      <p className="results-label">Monthly payment</p>
      <output className="results-payment" htmlFor="loan-amount loan-rate loan-term">
        {result ? money(result.monthlyPayment) : "–"}
      </output>
      <BalanceChart amount={loan?.amount ?? 0} result={result} />
      <dl className="sums">
        <div>
          <dt>Total interest</dt>
          <dd>{result ? money(result.totalInterest) : "–"}</dd>
        </div>
        <div>
          <dt>Total cost</dt>
          <dd>{result ? money(result.totalCost) : "–"}</dd>
        </div>
      </dl>
    </section>
  );
}
