// SPDX-License-Identifier: Apache-2.0
import { gateName } from "../../../../tokens/gates";
import type { Decision } from "../../api/types";
import { Reasons } from "./Reasons";
import { reasonSentence, scoreSentence } from "./why";

const verdicts = { pass: "pass", reject: "no", not_reached: "not asked" } as const;

/** One decision with every gate: why help was offered, or which rule kept it back. */
export function DecisionCard({ decision }: { decision: Decision }) {
  return (
    <div className="decision-card">
      <p>
        <strong>{reasonSentence(decision)}</strong> {scoreSentence(decision)}
      </p>
      <Reasons contributions={decision.contributions} />
      <ul className="gates">
        {decision.gates.map(({ gate, verdict, detail }) => (
          <li key={gate} title={gate}>
            <span>
              {gateName(gate)} {detail && <span className="mute">{detail}</span>}
            </span>
            <span className={`verdict verdict-${verdict}`}>{verdicts[verdict]}</span>
          </li>
        ))}
      </ul>
      <p className="decision-id mute">
        decision {decision.id}
        {decision.engineVersion && ` · engine ${decision.engineVersion}`}
      </p>
    </div>
  );
}
