// SPDX-License-Identifier: Apache-2.0
import type { Loan } from "./arithmetic";

export type Intent = "apply" | "save";

const routes: Record<Intent, string> = {
  apply: "/demo/api/applications",
  save: "/demo/api/calculations",
};

/** Sends a loan; true only when the bank said that it has it. Plain fetch, so that the SDK sees how it ended. */
export async function sendLoan(intent: Intent, loan: Loan, purpose: string): Promise<boolean> {
  try {
    const response = await fetch(routes[intent], {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        amountCents: loan.amount,
        ratePercent: loan.ratePercent,
        termMonths: loan.months,
        purpose,
      }),
    });
    return response.ok;
  } catch {
    return false;
  }
}
