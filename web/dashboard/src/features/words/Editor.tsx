// SPDX-License-Identifier: Apache-2.0
import { Button, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { RequestFailed } from "../../api/http";
import { useDraft, useDropDraft, usePreview } from "../../api/words";
import type { RulesOverview } from "../../api/wordsTypes";
import { Refusal } from "../model/Notice";
import { Actions } from "./Actions";
import { changes, type Edits, placeWords } from "./edits";
import { Messages } from "./Messages";
import { PublishDialog } from "./PublishDialog";
import { Readings } from "./Readings";

interface Props {
  site: string;
  manages: boolean;
  /** What the draft, or what was published, says. */
  first: Edits;
  overview: RulesOverview;
}

function stateWords({ version, versions, draft }: RulesOverview): string {
  const held = versions.find((one) => one.version === version);
  const newest = versions[0];
  const words = [
    held
      ? `Version ${version} holds, published by ${held.author}.`
      : "Nothing that was published holds so far.",
  ];
  if (newest && newest.version > version) words.push(`Version ${newest.version} is coming.`);
  if (draft) words.push(`There is a draft by ${draft.author}.`);
  return words.join(" ");
}

function Refused({ error }: { error: Error | null }) {
  if (!error) return null;
  const place = error instanceof RequestFailed && error.field ? `${placeWords(error.field)}: ` : "";
  return <Refusal title="That cannot be shown to visitors" words={place + error.message} />;
}

/** Words are changed here, seen in the preview as soon as a field is left, and kept as the site's draft. */
export function Editor({ site, manages, first, overview }: Props) {
  const [edits, setEdits] = useState(first);
  /** As of when a field was left: what is half written is not asked about. */
  const [told, setTold] = useState(first);
  const [isPublishing, setPublishing] = useState(false);
  const ahead = useMemo(() => changes(first, told), [first, told]);
  const preview = usePreview(site, ahead);
  const draft = useDraft(site);
  const drop = useDropDraft(site);
  const isChanged = Object.keys(changes(first, edits)).length > 0;
  const change = (some: Partial<Edits>) => setEdits({ ...edits, ...some });

  return (
    <div className="words-page">
      <p className="mute">{stateWords(overview)}</p>
      <div className="words-columns">
        <form
          className="dialog-form"
          onBlur={() => setTold(edits)}
          onSubmit={(event) => {
            event.preventDefault();
            draft.mutate(changes(first, edits));
          }}
        >
          <TextInput
            label="Language"
            description="Of the site: en, de, pt-br"
            value={edits.language}
            readOnly={!manages}
            maxLength={16}
            onChange={(event) => change({ language: event.currentTarget.value })}
          />
          <Messages
            messages={edits.messages}
            previewed={preview.data?.messages ?? []}
            language={edits.language}
            manages={manages}
            onChange={(messages) => change({ messages })}
          />
          <Actions actions={edits.actions} manages={manages} onChange={(actions) => change({ actions })} />
          <Refused error={draft.error ?? drop.error ?? preview.error} />
          {manages ? (
            <div className="dialog-acts">
              {overview.draft && (
                <Button variant="default" loading={drop.isPending} onClick={() => drop.mutate(undefined)}>
                  Drop the draft
                </Button>
              )}
              <Button
                variant="default"
                disabled={!overview.draft || isChanged}
                onClick={() => setPublishing(true)}
              >
                Publish
              </Button>
              <Button type="submit" disabled={!isChanged} loading={draft.isPending}>
                Keep as draft
              </Button>
            </div>
          ) : (
            <p className="mute">Admins and owners of the site change these.</p>
          )}
        </form>
        <Readings preview={preview.data} />
      </div>
      {isPublishing && <PublishDialog site={site} onClose={() => setPublishing(false)} />}
    </div>
  );
}
