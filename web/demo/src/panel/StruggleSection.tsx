// SPDX-License-Identifier: Apache-2.0
import type { PanelState } from "./reducer";
import { StruggleLine } from "./StruggleLine";
import { evidenceWords } from "./words";

export function StruggleSection({ state }: { state: PanelState }) {
  const { struggle, risk, level, contributions, samples, clockAheadMs } = state;
  const tone = struggle >= 85 ? "critical" : struggle > 0 ? "some" : "none";
  return (
    <section className="struggle" aria-labelledby="panel-struggle">
      <div className="section-head">
        <h3 id="panel-struggle">Struggle</h3>
        <p>
          risk {risk} · {level}
        </p>
      </div>
      <p className="struggle-now">
        <span className={`struggle-number struggle-${tone}`}>{struggle}</span>
        <span className="mute">{evidenceWords(contributions)}</span>
      </p>
      <StruggleLine samples={samples} clockAheadMs={clockAheadMs} />
    </section>
  );
}
