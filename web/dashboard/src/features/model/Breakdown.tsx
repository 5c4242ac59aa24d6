// SPDX-License-Identifier: Apache-2.0
import type { Prefix, Report } from "../../api/modelTypes";
import { count, decimal, percent } from "./numbers";
import { Table } from "./Table";

const prefixColumns = [
  { name: "Events seen" },
  { name: "Rows", isFigure: true },
  { name: "Journeys", isFigure: true },
  { name: "Exits", isFigure: true },
  { name: "AUC", isFigure: true },
  { name: "Accuracy", isFigure: true },
  { name: "Log loss", isFigure: true },
  { name: "ECE", isFigure: true },
];

const coverageColumns = [
  { name: "Sure of at least", isFigure: true },
  { name: "Share of rows", isFigure: true },
  { name: "Accuracy", isFigure: true },
];

const span = ({ from, to }: Prefix) =>
  to === null ? `${from} or more` : from === to ? `${from}` : `${from}–${to}`;

/** How early it knows. */
export function ByEvents({ test }: { test: Report }) {
  return (
    <section className="model-card" aria-labelledby="prefixes-title">
      <h3 id="prefixes-title">By events seen</h3>
      <Table label="Figures by events seen" columns={prefixColumns}>
        {test.prefixes.map((one) => (
          <tr key={one.from}>
            <th scope="row">{span(one)}</th>
            <td className="figure">{count(one.rows)}</td>
            <td className="figure">{count(one.journeys)}</td>
            <td className="figure">{percent(one.baseRate)}</td>
            <td className="figure">{decimal(one.auc)}</td>
            <td className="figure">{percent(one.accuracy)}</td>
            <td className="figure">{decimal(one.logLoss)}</td>
            <td className="figure">{decimal(one.ece)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

/** What silence would buy. */
export function BySureness({ test }: { test: Report }) {
  return (
    <section className="model-card" aria-labelledby="coverage-title">
      <h3 id="coverage-title">If it kept silent when unsure</h3>
      <Table label="Accuracy by how sure it is" columns={coverageColumns}>
        {test.coverage.map((one) => (
          <tr key={one.confidence}>
            <th scope="row" className="figure">
              {percent(one.confidence, 0)}
            </th>
            <td className="figure">{percent(one.coverage)}</td>
            <td className="figure">{percent(one.accuracy)}</td>
          </tr>
        ))}
      </Table>
      <p className="mute note">
        Sure of at least: of leaving or of staying. Beside {percent(test.majorityAccuracy)} for who always
        says the more frequent outcome.
      </p>
    </section>
  );
}
