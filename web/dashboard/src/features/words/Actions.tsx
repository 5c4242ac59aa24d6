// SPDX-License-Identifier: Apache-2.0
import { TextInput } from "@mantine/core";
import type { AnalystAction } from "../../api/wordsTypes";
import { replaced, whenWords } from "./edits";
import { When } from "./When";

interface Props {
  actions: readonly AnalystAction[];
  manages: boolean;
  onChange(actions: AnalystAction[]): void;
}

/** What the desk is advised to do, in the site's sentences. */
export function Actions({ actions, manages, onChange }: Props) {
  return (
    <section aria-labelledby="actions-title">
      <h3 id="actions-title">What the desk is advised</h3>
      <ul className="words-list">
        {actions.map(({ id, sentence, when }, index) => (
          <li key={id}>
            <TextInput
              label={id.replaceAll("_", " ")}
              value={sentence}
              readOnly={!manages}
              maxLength={120}
              onChange={(event) =>
                onChange(replaced(actions, index, { sentence: event.currentTarget.value }))
              }
            />
            <When
              words={when.length > 0 ? `on ${whenWords(when)}` : "only where a provider picks it"}
              of={id.replaceAll("_", " ")}
              when={when}
              manages={manages}
              onChange={(chosen) => onChange(replaced(actions, index, { when: chosen }))}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
