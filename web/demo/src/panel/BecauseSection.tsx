// SPDX-License-Identifier: Apache-2.0
import type { Contribution } from "./contract";

/** The reasons, the heaviest first; the code of a signal is in the title of its line. */
export function BecauseSection({ contributions }: { contributions: readonly Contribution[] }) {
  const sorted = [...contributions].sort((a, b) => b.points - a.points).slice(0, 5);
  return (
    <section className="because" aria-labelledby="panel-because">
      <div className="section-head">
        <h3 id="panel-because">Because</h3>
        <p>points, fading</p>
      </div>
      {sorted.length === 0 ? (
        <p className="section-empty">Nothing speaks for trouble so far.</p>
      ) : (
        <ul>
          {sorted.map((one) => (
            <li key={`${one.signal} ${one.target}`} title={`${one.signal} on ${one.target}`}>
              <span className="because-words">{one.words}</span>
              <span className="bar">
                <span className="bar-fill" style={{ width: `${one.points}%` }} />
              </span>
              <span className="figure">{one.points}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
