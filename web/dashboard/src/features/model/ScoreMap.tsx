// SPDX-License-Identifier: Apache-2.0
import { useHealth, usePolicy } from "../../api/models";
import type { Model, ScorePoint } from "../../api/modelTypes";
import { MapWords } from "./MapWords";
import { decimal, percent } from "./numbers";
import { mapLine, probabilityAt } from "./scales";
import { useScope } from "./scope";
import { Table } from "./Table";

const width = 300;
const height = 150;
const columns = [
  { name: "Probability", isFigure: true },
  { name: "Score", isFigure: true },
];

function Chart({ points, bar }: { points: readonly ScorePoint[]; bar: number }) {
  const y = height - (bar / 100) * height;
  const from = probabilityAt(points, bar);
  const words = from === undefined ? "is never reached" : `is reached from ${percent(from)} on`;
  return (
    <figure className="plot map">
      <svg
        viewBox={`-36 -8 ${width + 52} ${height + 46}`}
        role="img"
        aria-label={`Score by exit probability. The bar of ${bar} ${words}. The points are in the table beside.`}
      >
        <g className="plot-axes">
          {[0, 50, 100].map((tick) => (
            <g key={tick}>
              <line
                x1="0"
                x2={width}
                y1={height - (tick / 100) * height}
                y2={height - (tick / 100) * height}
              />
              <text x="-8" y={height - (tick / 100) * height + 4} textAnchor="end">
                {tick}
              </text>
              <text x={(tick / 100) * width} y={height + 18} textAnchor="middle">
                {tick}
              </text>
            </g>
          ))}
          <text x={width / 2} y={height + 36} textAnchor="middle">
            exit probability, %
          </text>
        </g>
        <line className="plot-bar" x1="0" x2={width} y1={y} y2={y} />
        <text className="plot-bar-words" x="4" y={y - 6}>
          offer at {bar}
        </text>
        <polyline className="map-line" points={mapLine(points, width, height)} />
        {points.map((point) => (
          <circle
            key={point.probability}
            className="map-point"
            cx={point.probability * width}
            cy={height - (point.score / 100) * height}
            r="3"
          />
        ))}
      </svg>
    </figure>
  );
}

/** What its probabilities come to: the map from probability to score, and from where on it may bring an offer. */
export function ScoreMap({ model }: { model: Model }) {
  const { site } = useScope();
  const { data: policy } = usePolicy(site);
  const reached = useHealth(site, model.version).data?.offerShare;
  const points = model.scorePoints;
  if (!points || points.length === 0) return null;
  return (
    <section className="model-card" aria-labelledby="map-title">
      <h3 id="map-title">From probability to score</h3>
      <div className="map-view">
        <Chart points={points} bar={policy?.qualify_risk ?? 75} />
        <Table label="Points of the map" columns={columns}>
          {points.map((point) => (
            <tr key={point.probability}>
              <td className="figure">{percent(point.probability)}</td>
              <td className="figure">{decimal(point.score, 0)}</td>
            </tr>
          ))}
        </Table>
      </div>
      <MapWords points={points} policy={policy} />
      {policy && reached != null && (
        <p>
          Live its score reached {policy.qualify_risk} in <strong>{percent(reached)}</strong> of the newest
          journeys.
        </p>
      )}
      <p className="mute note">
        Straight between the points. As training makes it, the base rate is 50, what 5 % of journeys exceed is
        75, and 1 % is 85; it is fixed when a version is put to a stage.
      </p>
    </section>
  );
}
