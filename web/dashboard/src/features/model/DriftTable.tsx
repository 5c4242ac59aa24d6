// SPDX-License-Identifier: Apache-2.0
import type { Model, ModelHealth } from "../../api/modelTypes";
import { count, counted, decimal, percent } from "./numbers";
import { Table } from "./Table";
import { featureWords, psiAlarm, psiState, psiWatch, psiWords, windowRows } from "./words";

const columns = [
  { name: "What" },
  { name: "PSI", isFigure: true },
  { name: "Scale" },
  { name: "In words" },
  { name: "Missing", isFigure: true },
  { name: "Outside training", isFigure: true },
];
const longest = 0.5;

function Psi({ index }: { index: number }) {
  return (
    <>
      <td className="figure">{decimal(index, 2)}</td>
      <td>
        <span className="psi" aria-hidden="true">
          <span
            className={`psi-fill psi-${psiState(index)}`}
            style={{ width: `${Math.min(index / longest, 1) * 100}%` }}
          />
          <span className="psi-mark" style={{ left: `${(psiWatch / longest) * 100}%` }} />
          <span className="psi-mark" style={{ left: `${(psiAlarm / longest) * 100}%` }} />
        </span>
      </td>
      <td className={`psi-words-${psiState(index)}`}>{psiWords[psiState(index)]}</td>
    </>
  );
}

function restWords(model: Model, health: ModelHealth): string {
  const rest = (model.features ?? 0) - health.drifting.length;
  if (rest <= 0) return "";
  return `${health.drifting.length > 0 ? "The other" : "All"} ${counted(rest, "feature")} lie as in training, or move by the calendar alone.`;
}

/** Whether the world is still the one it learned from. */
export function DriftTable({ model, health }: { model: Model; health: ModelHealth | undefined }) {
  const score = health?.scoreStabilityIndex ?? null;
  return (
    <section className="model-card" aria-labelledby="drift-title">
      <h3 id="drift-title">Is the world still the one it learned from?</h3>
      {health && score === null && (
        <p>
          Not known yet. {windowRows} scores at a time are compared with training; {count(health.scored)} were
          given since the server started.
        </p>
      )}
      {health && score !== null && (
        <>
          <Table label="Drift of scores and features" columns={columns}>
            <tr>
              <th scope="row">its scores</th>
              <Psi index={score} />
              <td className="figure" />
              <td className="figure" />
            </tr>
            {health.drifting.map((one) => (
              <tr key={one.feature}>
                <th scope="row" title={one.feature}>
                  {featureWords(one.feature)}
                </th>
                <Psi index={one.stabilityIndex} />
                <td className="figure">{percent(one.missing)}</td>
                <td className="figure">{percent(one.beyondTraining)}</td>
              </tr>
            ))}
          </Table>
          <p className="mute note">{restWords(model, health)}</p>
        </>
      )}
      <p className="mute note">
        PSI, the population stability index, of the newest {windowRows} scores: up to {psiWatch} as in
        training, above it worth a look. Above {psiAlarm} twice running it is an alarm; when it is about the
        scores themselves, a live model or canary is taken out of service.
      </p>
    </section>
  );
}
