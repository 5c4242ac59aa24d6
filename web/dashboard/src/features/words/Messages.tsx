// SPDX-License-Identifier: Apache-2.0
import { Button, Textarea, TextInput } from "@mantine/core";
import type { MessageTemplate, PreviewedMessage } from "../../api/wordsTypes";
import { remarkWords, replaced, whenWords, without } from "./edits";
import { When } from "./When";

const textBytes = 160;

interface Props {
  messages: readonly MessageTemplate[];
  /** The same as the server sees them. */
  previewed: readonly PreviewedMessage[];
  language: string;
  manages: boolean;
  onChange(messages: MessageTemplate[]): void;
}

function noteOf({ shown, remark }: PreviewedMessage): string {
  return shown ? remarkWords(remark) : "another text of its id fits the site's language";
}

/** What visitors may get to read. One text for each id and language. */
export function Messages({ messages, previewed, language, manages, onChange }: Props) {
  const seen = (one: MessageTemplate) =>
    previewed.find(
      ({ id, language, text }) => id === one.id && language === one.language && text === one.text,
    );
  return (
    <section aria-labelledby="messages-title">
      <h3 id="messages-title">What visitors may read</h3>
      {messages.length === 0 && <p className="mute">None of the site's own: the built-in messages hold.</p>}
      <ul className="words-list">
        {messages.map((one, index) => {
          const known = seen(one);
          const note = known && noteOf(known);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: ids are being written, and rows do not change places.
            <li key={index} className={known && !known.shown ? "words-unshown" : undefined}>
              <div className="words-names">
                <TextInput
                  aria-label={`Id of message ${index + 1}`}
                  value={one.id}
                  readOnly={!manages}
                  maxLength={48}
                  onChange={(event) => onChange(replaced(messages, index, { id: event.currentTarget.value }))}
                />
                <TextInput
                  aria-label={`Language of message ${index + 1}`}
                  value={one.language}
                  readOnly={!manages}
                  maxLength={16}
                  onChange={(event) =>
                    onChange(replaced(messages, index, { language: event.currentTarget.value }))
                  }
                />
                {manages && (
                  <Button variant="default" onClick={() => onChange(without(messages, index))}>
                    Remove<span className="sr-only"> message {index + 1}</span>
                  </Button>
                )}
              </div>
              <Textarea
                aria-label={`Text of message ${index + 1}`}
                lang={one.language}
                value={one.text}
                readOnly={!manages}
                maxLength={textBytes}
                autosize
                onChange={(event) => onChange(replaced(messages, index, { text: event.currentTarget.value }))}
              />
              {note && <p className="mute">{note}</p>}
              <When
                words={`fits ${whenWords(one.when)}`}
                of={`message ${index + 1}`}
                when={one.when}
                manages={manages}
                onChange={(when) => onChange(replaced(messages, index, { when }))}
              />
            </li>
          );
        })}
      </ul>
      {manages && (
        <Button
          variant="default"
          onClick={() => onChange([...messages, { id: "", language, text: "", when: [] }])}
        >
          Add a message
        </Button>
      )}
    </section>
  );
}
