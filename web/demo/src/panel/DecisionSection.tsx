// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import type { Decision, Intervention } from "./contract";
import { type DecisionLine, everyGate, mainGates, offerWords, verdictWord } from "./words";

function GateLine({ line }: { line: DecisionLine }) {
  return (
    <li title={line.key}>
      <span>
        {line.words}
        {line.detail && <span className="mute"> {line.detail}</span>}
      </span>
      <span className={`verdict verdict-${line.verdict}`}>{verdictWord(line.verdict)}</span>
    </li>
  );
}

interface Props {
  decision: Decision | undefined;
  intervention: Intervention | undefined;
}

export function DecisionSection({ decision, intervention }: Props) {
  const [full, setFull] = useState(false);
  if (!decision) {
    return (
      <section className="decision" aria-labelledby="panel-decision">
        <div className="section-head">
          <h3 id="panel-decision">Decision</h3>
          <p>none yet</p>
        </div>
        <p className="section-empty">One is made when risk crosses 75, with every reason written down.</p>
      </section>
    );
  }
  const lines = full ? everyGate(decision) : mainGates(decision);
  return (
    <section className="decision" aria-labelledby="panel-decision">
      <div className="section-head">
        <h3 id="panel-decision">Decision</h3>
        <p>{decision.outcome === "offer" ? "offer a live chat" : "no offer"}</p>
      </div>
      <ul>
        {lines.map((line) => (
          <GateLine key={line.key} line={line} />
        ))}
        {intervention && (
          <li>
            <span>{offerWords(intervention)}</span>
            <span className="verdict">offer</span>
          </li>
        )}
      </ul>
      <button type="button" className="panel-link" aria-expanded={full} onClick={() => setFull(!full)}>
        {full ? "Only what matters" : `All ${decision.gates.length} rules`}
      </button>
    </section>
  );
}
