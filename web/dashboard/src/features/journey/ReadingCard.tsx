// SPDX-License-Identifier: Apache-2.0
import type { Analysis } from "../../api/types";
import { Facts } from "../../ui/Facts";
import { clockTime } from "../../ui/time";
import { scoreWords, sentences, sourceWords } from "./reading";

function Insights({ analysis }: { analysis: Analysis }) {
  return (
    <ul className="insights">
      {sentences(analysis.insights, analysis.key_insights).map(({ words, evidence }) => (
        <li key={evidence}>
          <span>{words}</span>
          <code>{evidence}</code>
        </li>
      ))}
    </ul>
  );
}

function Message({ analysis: { message, language, ownWords } }: { analysis: Analysis }) {
  if (!message) return "none that fits";
  return (
    <>
      <q lang={language ?? undefined}>{message}</q>{" "}
      <span className="mute">{ownWords ? "in the provider's own words" : "a template"}</span>
    </>
  );
}

/** The newest account of the journey: advice, and what it rests on. */
export function ReadingCard({ analysis }: { analysis: Analysis | undefined }) {
  return (
    <section aria-labelledby="reading-title">
      <h3 id="reading-title">Reading {analysis && <time className="mute">{clockTime(analysis.at)}</time>}</h3>
      {!analysis && (
        <p className="mute">A journey is read when trouble shows or the risk is unclear. Not so far.</p>
      )}
      {analysis && (
        <div className="reading">
          <Insights analysis={analysis} />
          <Facts
            facts={[
              ["Engagement", analysis.engagement_level],
              ["Exit risk", scoreWords(analysis)],
              ...(analysis.modelReasons.length > 0
                ? [["The model's reasons", analysis.modelReasons.join(" · ")] as [string, string]]
                : []),
              ["Advice", analysis.recommended_actions.join(" · ") || "nothing in particular"],
              ["Message", <Message key="message" analysis={analysis} />],
              ["Read by", sourceWords(analysis.source)],
            ]}
          />
        </div>
      )}
    </section>
  );
}
