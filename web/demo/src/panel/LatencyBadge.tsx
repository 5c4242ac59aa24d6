// SPDX-License-Identifier: Apache-2.0
import { milliseconds } from "../format";

interface Props {
  latencyMs: number | undefined;
  serverUs: number | undefined;
}

export function LatencyBadge({ latencyMs, serverUs }: Props) {
  const measured = latencyMs !== undefined;
  return (
    <div className="latency">
      <p className={measured ? "latency-badge latency-measured" : "latency-badge"}>
        struggle → help {measured ? `${milliseconds(latencyMs)} ms` : "– ms"}
      </p>
      <p className="latency-server">
        {serverUs === undefined
          ? "measured on this page"
          : `server: ${milliseconds(serverUs / 1000)} ms with its fsync`}
      </p>
    </div>
  );
}
