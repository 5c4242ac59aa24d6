// SPDX-License-Identifier: Apache-2.0
import { money } from "../format";
import type { ScheduleYear } from "./arithmetic";

interface Props {
  year: ScheduleYear;
  open: boolean;
  onToggle(): void;
}

interface Sums {
  payment: number;
  interest: number;
  principal: number;
  balance: number;
}

function Figures({ payment, interest, principal, balance }: Sums) {
  return (
    <>
      <td>{money(payment)}</td>
      <td className="wide">{money(interest)}</td>
      <td className="wide">{money(principal)}</td>
      <td>{money(balance)}</td>
    </>
  );
}

export function ScheduleRows({ year, open, onToggle }: Props) {
  return (
    <tbody>
      <tr className="schedule-year">
        <th scope="row">
          <button type="button" id={`schedule-year-${year.year}`} aria-expanded={open} onClick={onToggle}>
            {year.year}
          </button>
        </th>
        <Figures {...year} />
      </tr>
      {open &&
        year.instalments.map((one) => (
          <tr key={one.month} className="schedule-month">
            <th scope="row">Month {one.month}</th>
            <Figures {...one} />
          </tr>
        ))}
    </tbody>
  );
}
