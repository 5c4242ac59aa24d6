// SPDX-License-Identifier: Apache-2.0
import { Button, Modal } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { usePublish } from "../../api/words";
import { NoteField } from "../../ui/NoteField";
import { Refusal } from "../model/Notice";

/** Who publishes has approved the words: the version says so for good. */
export function PublishDialog({ site, onClose }: { site: string; onClose(): void }) {
  const [note, setNote] = useState("");
  const { mutate, error, isPending } = usePublish(site);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    mutate(note.trim(), { onSuccess: onClose });
  }

  return (
    <Modal opened onClose={onClose} title="Publish" centered closeButtonProps={{ "aria-label": "Close" }}>
      <form className="dialog-form" onSubmit={submit}>
        <p>
          The draft becomes the next version of the site's rules, two seconds from now, with your name on it.
          It is published whole: whatever else was drafted goes with it.
        </p>
        <NoteField description="Kept with the version." note={note} onChange={setNote} />
        {error && <Refusal title="The server did not do it" words={error.message} />}
        <div className="dialog-acts">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isPending}>
            Approve and publish
          </Button>
        </div>
      </form>
    </Modal>
  );
}
