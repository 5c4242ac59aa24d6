// SPDX-License-Identifier: Apache-2.0
import { count, counted, decimal, percent } from "./numbers";
import { type Bin, dotsOf, lineOf } from "./scales";

const side = 300;
const ticks = [0, 0.25, 0.5, 0.75, 1];

export interface Series {
  name: "At training" | "Live";
  bins: readonly Bin[];
  ece: number | null;
  /** What a group is counted in. */
  unit: string;
}

function Axes() {
  return (
    <g className="plot-axes">
      {ticks.map((tick) => (
        <g key={tick}>
          <line x1={tick * side} x2={tick * side} y1="0" y2={side} />
          <line x1="0" x2={side} y1={tick * side} y2={tick * side} />
          <text x={tick * side} y={side + 18} textAnchor="middle">
            {tick * 100}
          </text>
          <text x="-8" y={(1 - tick) * side + 4} textAnchor="end">
            {tick * 100}
          </text>
        </g>
      ))}
      <text x={side / 2} y={side + 38} textAnchor="middle">
        foretold, % of exits
      </text>
      <text transform={`translate(-36 ${side / 2}) rotate(-90)`} textAnchor="middle">
        came, % of exits
      </text>
    </g>
  );
}

function Drawn({ series }: { series: Series }) {
  const dots = dotsOf(series.bins, side);
  return (
    <g className={series.name === "Live" ? "plot-live" : "plot-training"}>
      <polyline points={lineOf(dots)} />
      {dots.map(({ x, y, radius, size }) => (
        <circle key={x} cx={x} cy={y} r={radius}>
          <title>
            {count(size)} {series.unit}
          </title>
        </circle>
      ))}
    </g>
  );
}

/** The numbers of the plot, for who cannot see it or wants them exact. */
export function CalibrationTable({ all }: { all: readonly Series[] }) {
  return (
    <details className="more">
      <summary>As a table</summary>
      {all.map(({ name, bins, unit }) => (
        <table key={name}>
          <caption>{name}</caption>
          <thead>
            <tr>
              <th scope="col" className="figure">
                Foretold
              </th>
              <th scope="col" className="figure">
                Came
              </th>
              <th scope="col" className="figure">
                {unit}
              </th>
            </tr>
          </thead>
          <tbody>
            {bins.map((bin) => (
              <tr key={bin.predicted}>
                <td className="figure">{percent(bin.predicted)}</td>
                <td className="figure">{percent(bin.observed)}</td>
                <td className="figure">{count(bin.size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </details>
  );
}

function summary(all: readonly Series[]): string {
  const told = all.map(
    ({ name, bins, ece }) => `${name}: ${counted(bins.length, "group")}, ECE ${decimal(ece)}`,
  );
  return `Calibration, foretold against what came. ${told.join(". ")}. The numbers are in the table below.`;
}

/** Foretold against what came: on the diagonal a probability means what it says. */
export function CalibrationPlot({ all }: { all: readonly Series[] }) {
  return (
    <figure className="plot">
      <svg viewBox={`-52 -14 ${side + 68} ${side + 60}`} role="img" aria-label={summary(all)}>
        <Axes />
        <line className="plot-diagonal" x1="0" y1={side} x2={side} y2="0" />
        {all.map((series) => (
          <Drawn key={series.name} series={series} />
        ))}
      </svg>
      <figcaption>
        {all.map(({ name, ece, bins, unit }) => (
          <span key={name} className={name === "Live" ? "key-live" : "key-training"}>
            {name}: ECE {decimal(ece)}, {count(bins.reduce((sum, bin) => sum + bin.size, 0))} {unit}
          </span>
        ))}
        <span className="key-diagonal">as foretold</span>
      </figcaption>
    </figure>
  );
}
