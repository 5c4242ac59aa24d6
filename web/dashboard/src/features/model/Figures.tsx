// SPDX-License-Identifier: Apache-2.0
import type { ModelHealth, Report } from "../../api/modelTypes";
import { type FigureRow, figureRows } from "./figureRows";
import { count, counted, percent, rough } from "./numbers";
import { intervalOf } from "./scales";
import { Table } from "./Table";

const columns = [
  { name: "Figure" },
  { name: "At training", isFigure: true },
  { name: "95 % interval" },
  { name: "Live", isFigure: true },
  { name: "Beside" },
];

function Interval({ row: { figure, frame, write } }: { row: FigureRow }) {
  const place = intervalOf(figure, frame);
  if (!place) return <td>–</td>;
  return (
    <td className="interval">
      <span>
        {write(figure.low)} to {write(figure.high)}
      </span>
      <span className="interval-bar" aria-hidden="true">
        <span
          className="interval-range"
          style={{ left: `${place.low * 100}%`, right: `${(1 - place.high) * 100}%` }}
        />
        <span className="interval-value" style={{ left: `${place.value * 100}%` }} />
      </span>
    </td>
  );
}

function Accuracy({ test }: { test: Report }) {
  const { alert } = test;
  return (
    <>
      <p>
        Accuracy at 50 %: <strong>{percent(test.accuracy)}</strong>; who always said the more frequent outcome
        would have <strong>{percent(test.majorityAccuracy)}</strong>. Balanced:{" "}
        {percent(test.balancedAccuracy)}.
      </p>
      <p>
        With an alert for {percent(alert.share)} of rows, from a probability of {percent(alert.probability)}{" "}
        on: {percent(alert.recall)} of the rows that were to exit were alerted and{" "}
        {percent(alert.journeysRecall)} of the journeys
        {alert.leadEvents === null
          ? "."
          : `; half of these had ${rough(alert.leadEvents)} events or more to go.`}
      </p>
    </>
  );
}

/** How good it was at its test, and how it does. */
export function Figures({ test, health }: { test: Report; health: ModelHealth | undefined }) {
  return (
    <section className="model-card" aria-labelledby="figures-title">
      <h3 id="figures-title">How good it is</h3>
      <p>
        At training on {counted(test.rows, "row")} of {counted(test.journeys, "journey")} by{" "}
        {counted(test.visitors, "visitor")}, none of whom it learned from; {count(test.journeysExit)} of the
        journeys ended without the goal. Base rate: <strong>{percent(test.baseRate)}</strong> of rows
        {health?.baseRate != null && `, live ${percent(health.baseRate)} of journeys`}.
      </p>
      <Table label="Figures with intervals" columns={columns}>
        {figureRows(test, health).map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td className="figure">{row.write(row.figure.value)}</td>
            <Interval row={row} />
            <td className="figure">{row.live === undefined ? "" : row.write(row.live)}</td>
            <td className="mute beside">{row.against}</td>
          </tr>
        ))}
      </Table>
      <Accuracy test={test} />
    </section>
  );
}
