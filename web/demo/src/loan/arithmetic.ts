// SPDX-License-Identifier: Apache-2.0

/** What a visitor asks for. Money is in whole cents throughout, so that sums come out to the cent. */
export interface Loan {
  amount: number;
  ratePercent: number;
  months: number;
}

/** One month of the schedule, in cents. */
export interface Instalment {
  month: number;
  payment: number;
  interest: number;
  principal: number;
  balance: number;
}

/** Twelve instalments (fewer in the last year) and their sums. */
export interface ScheduleYear {
  year: number;
  payment: number;
  interest: number;
  principal: number;
  balance: number;
  instalments: Instalment[];
}

export interface Quote {
  monthlyPayment: number;
  totalInterest: number;
  totalCost: number;
  instalments: Instalment[];
}

/** The annuity formula, rounded to the cent; without interest it is an equal share of the amount. */
export function monthlyPayment({ amount, ratePercent, months }: Loan): number {
  const rate = ratePercent / 100 / 12;
  if (rate === 0) return Math.round(amount / months);
  return Math.round((amount * rate) / (1 - (1 + rate) ** -months));
}

/**
 * The whole schedule. Interest is rounded to the cent each month, as a bank books it, and the last instalment takes
 * what rounding left over: so the balance ends at exactly 0 and the principal parts add up to the amount.
 */
export function quote(loan: Loan): Quote {
  const regular = monthlyPayment(loan);
  const rate = loan.ratePercent / 100 / 12;
  const instalments: Instalment[] = [];
  let balance = loan.amount;
  for (let month = 1; month <= loan.months; month++) {
    const interest = Math.round(balance * rate);
    const last = month === loan.months;
    const principal = last ? balance : Math.min(regular - interest, balance);
    balance -= principal;
    instalments.push({ month, payment: principal + interest, interest, principal, balance });
  }
  const totalInterest = instalments.reduce((sum, one) => sum + one.interest, 0);
  return { monthlyPayment: regular, totalInterest, totalCost: loan.amount + totalInterest, instalments };
}

export function byYear(instalments: readonly Instalment[]): ScheduleYear[] {
  const years: ScheduleYear[] = [];
  for (const one of instalments) {
    const number = Math.ceil(one.month / 12);
    let year = years[number - 1];
    if (!year) {
      year = { year: number, payment: 0, interest: 0, principal: 0, balance: 0, instalments: [] };
      years.push(year);
    }
    year.payment += one.payment;
    year.interest += one.interest;
    year.principal += one.principal;
    year.balance = one.balance;
    year.instalments.push(one);
  }
  return years;
}
