// SPDX-License-Identifier: Apache-2.0
import type { Contribution } from "../../api/types";
import { counted } from "./why";

/** Signals with their points; the code is in the title of each line. */
export function Reasons({ contributions }: { contributions: readonly Contribution[] }) {
  return (
    <ul className="reasons">
      {counted(contributions).map((one) => (
        <li key={`${one.signal} ${one.target}`} title={`${one.signal} on ${one.target}, ${one.grade}`}>
          <span>{one.words}</span>
          <span className="bar">
            <span className="bar-fill" style={{ width: `${one.points}%` }} />
          </span>
          <span className="figure">{one.points}</span>
        </li>
      ))}
    </ul>
  );
}
