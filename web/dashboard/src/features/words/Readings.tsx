// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";
import type { AnalystPreview, PreviewedReading } from "../../api/wordsTypes";
import { sentences } from "../journey/reading";

function OneReading({ reading }: { reading: PreviewedReading }) {
  const { example, words, insights, key_insights, recommended_actions, message, language } = reading;
  return (
    <li>
      <h4>{example.replaceAll("_", " ")}</h4>
      <p className="mute">{words}.</p>
      <ul className="insights">
        {sentences(insights, key_insights).map(({ words: sentence, evidence }) => (
          <li key={evidence}>
            <span>{sentence}</span>
            <code>{evidence}</code>
          </li>
        ))}
      </ul>
      <p>{recommended_actions.join(" · ") || "Nothing is advised."}</p>
      {message ? <q lang={language ?? undefined}>{message}</q> : <p className="mute">No message fits.</p>}
    </li>
  );
}

/** Journeys that are nobody's, as the built-in analyst would read them by these words. */
export function Readings({ preview }: { preview: AnalystPreview | undefined }) {
  return (
    <section aria-labelledby="readings-title" aria-live="polite">
      <h3 id="readings-title">What would be said</h3>
      {!preview && <Skeleton height={320} radius={10} />}
      {preview && preview.untranslated.length > 0 && (
        <p className="mute">
          Not in {preview.language}: {preview.untranslated.join(", ")}. Visitors get these in another
          language.
        </p>
      )}
      {preview?.disclosure && <p className="mute">Below a provider's own words: “{preview.disclosure}”</p>}
      <ul className="words-list">
        {preview?.readings.map((reading) => (
          <OneReading key={reading.example} reading={reading} />
        ))}
      </ul>
    </section>
  );
}
