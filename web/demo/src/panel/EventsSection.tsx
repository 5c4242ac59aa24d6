// SPDX-License-Identifier: Apache-2.0
import { clockTime } from "../format";
import type { Connection, Row } from "./reducer";

const states: Record<Connection, string> = {
  script: "connecting",
  waiting: "connecting",
  live: "live",
  reconnecting: "reconnecting…",
  offline: "offline",
};

const empty: Record<Connection, string> = {
  script: "Waiting for Handrail's script…",
  waiting: "Waiting for the first event…",
  live: "Waiting for the next event…",
  reconnecting: "Reconnecting…",
  offline: "Handrail's script did not load. Start the server, then reload this page.",
};

interface Props {
  connection: Connection;
  rows: readonly Row[];
  count: number;
}

export function EventsSection({ connection, rows, count }: Props) {
  return (
    <section className="events" aria-labelledby="panel-events">
      <div className="section-head">
        <h3 id="panel-events">Events</h3>
        <p>
          <span className="live-dot" /> {states[connection]}
          {count > 0 && ` · ${count} so far`}
        </p>
      </div>
      {rows.length === 0 ? (
        <p className="section-empty">{empty[connection]}</p>
      ) : (
        <ol>
          {rows.map((row) => (
            <li key={row.key}>
              <time>{clockTime(row.at)}</time>
              <span>{row.words}</span>
              <span className={`tag tag-${row.tag}`}>{row.tag}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
