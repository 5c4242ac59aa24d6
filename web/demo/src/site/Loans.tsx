// SPDX-License-Identifier: Apache-2.0
import { LoanCalculator } from "../loan/LoanCalculator";

export function Loans() {
  return (
    <>
      <div className="page-head">
        <h1>What would it cost a month?</h1>
        <p>Change anything; your figures leave this page only when you apply or save.</p>
      </div>
      <LoanCalculator />
    </>
  );
}
