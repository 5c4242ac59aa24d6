// SPDX-License-Identifier: Apache-2.0
import { useCatalogue } from "../../api/words";

interface Props {
  /** How it begins: "fits anything". */
  words: string;
  /** Of what: "message 2". */
  of: string;
  when: readonly string[];
  manages: boolean;
  onChange(when: string[]): void;
}

/** The insights that something fits, one click away. */
export function When({ words, of, when, manages, onChange }: Props) {
  const { data: catalogue } = useCatalogue();
  if (!manages) return <p className="mute">{words}</p>;
  const toggled = (code: string) =>
    when.includes(code) ? when.filter((one) => one !== code) : [...when, code];
  return (
    <details className="when">
      <summary className="mute">
        {words}
        <span className="sr-only">: choose for {of}</span>
      </summary>
      <ul>
        {catalogue?.insights.map(({ code, sentences }) => (
          <li key={code}>
            <label>
              <input type="checkbox" checked={when.includes(code)} onChange={() => onChange(toggled(code))} />
              {code.replaceAll("_", " ")} <span className="mute">“{sentences.en}”</span>
            </label>
          </li>
        ))}
      </ul>
    </details>
  );
}
