// SPDX-License-Identifier: Apache-2.0
import { useMemo, useState } from "react";
import { byYear, type Quote } from "./arithmetic";
import { ScheduleRows } from "./ScheduleRows";

/** The amortisation table by year. "Download schedule (PDF)" does nothing on purpose: it is the page's dead button. */
export function Schedule({ result }: { result: Quote | undefined }) {
  const [open, setOpen] = useState<number>();
  const years = useMemo(() => byYear(result?.instalments ?? []), [result]);
  return (
    <section className="card schedule" aria-labelledby="schedule-title">
      <header>
        <h2 id="schedule-title">Payment schedule</h2>
        <button type="button" id="download-schedule" className="button button-quiet">
          Download schedule (PDF)
        </button>
      </header>
      {years.length === 0 ? (
        <p className="schedule-empty">The schedule appears when amount, rate and term fit together.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Year</th>
              <th scope="col">Payments</th>
              <th scope="col" className="wide">
                Interest
              </th>
              <th scope="col" className="wide">
                Principal
              </th>
              <th scope="col">Still owed</th>
            </tr>
          </thead>
          {years.map((year) => (
            <ScheduleRows
              key={year.year}
              year={year}
              open={open === year.year}
              onToggle={() => setOpen((known) => (known === year.year ? undefined : year.year))}
            />
          ))}
        </table>
      )}
    </section>
  );
}
