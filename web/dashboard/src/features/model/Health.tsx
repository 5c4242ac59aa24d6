// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";
import { useHealth } from "../../api/models";
import type { Model } from "../../api/modelTypes";
import { Failed } from "../../ui/Failed";
import { LabelFacts } from "./LabelFacts";
import { useScope } from "./scope";

/** Labels first, then what the watch is alarmed about. */
export function Health({ model }: { model: Model }) {
  const { site } = useScope();
  const { data, error, refetch } = useHealth(site, model.version);
  return (
    <section className="model-card" aria-labelledby="labels-title">
      <h3 id="labels-title">What became of the journeys that version {model.version} scored</h3>
      {!data && !error && <Skeleton height={104} radius={10} />}
      {!data && error && <Failed what="Its health" error={error} onRetry={() => void refetch()} />}
      {data && <LabelFacts health={data} />}
      {data && data.alarms.length > 0 && (
        <div className="notice notice-bad" role="alert">
          <p className="state-note-title">The watch is alarmed</p>
          <ul>
            {data.alarms.map((alarm) => (
              <li key={alarm}>{alarm}</li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
