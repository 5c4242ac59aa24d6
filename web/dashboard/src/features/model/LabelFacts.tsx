// SPDX-License-Identifier: Apache-2.0
import type { ModelHealth } from "../../api/modelTypes";
import { count, delay, percent } from "./numbers";
import { coverageOf, coverageWords, judgedMin, judgedWords } from "./words";

function Fact({ name, value, words }: { name: string; value: string; words: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <span className="label-figure">{value}</span> <span className="mute">{words}</span>
      </dd>
    </div>
  );
}

/** What everything live rests on: of how many scored journeys the outcome is known, and how long that takes. */
export function LabelFacts({ health }: { health: ModelHealth }) {
  const { known, unlabelled = 0, waitedFor, delaySeconds, judged } = health.labels;
  const share = coverageOf(health);
  return (
    <>
      <p>
        {coverageWords(health)} {health.scored > 0 && judgedWords(health)}
      </p>
      {share !== undefined && (
        <div className="coverage" aria-hidden="true">
          <span style={{ width: `${share * 100}%` }} />
        </div>
      )}
      <dl className="label-facts">
        <Fact
          name="Outcome known"
          value={count(known)}
          words={share === undefined ? "journeys" : percent(share, 0)}
        />
        <Fact name="Waited for" value={count(waitedFor)} words="journeys that may still go on" />
        <Fact name="Teach nothing" value={count(unlabelled)} words="helped, or cut off" />
        <Fact
          name="Mean delay"
          value={known > 0 ? delay(delaySeconds) : "–"}
          words="from the score to the outcome"
        />
        <Fact name="Judged" value={count(judged)} words={`newest of them, ${judgedMin} are needed`} />
        <Fact name="Scores" value={count(health.scored)} words="since the server started" />
      </dl>
    </>
  );
}
