// SPDX-License-Identifier: Apache-2.0
import { Button, Modal } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useRollBack } from "../../api/models";
import { NoteField } from "../../ui/NoteField";
import { useNow } from "../../ui/useNow";
import { Refusal } from "./Notice";
import { useScope } from "./scope";
import { comingWords } from "./words";

/** Takes the newest change back. What it comes to is the server's word. */
export function RollbackDialog({ onClose }: { onClose(): void }) {
  const { site } = useScope();
  const now = useNow();
  const [note, setNote] = useState("");
  const { mutate, data, error, isPending } = useRollBack(site);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    mutate(note.trim());
  }

  return (
    <Modal opened onClose={onClose} title="Roll back" centered closeButtonProps={{ "aria-label": "Close" }}>
      {data ? (
        <div className="notice notice-good" role="status">
          <ul>
            {data.moves.map((move) => (
              <li key={move.version}>
                Version {move.version}: {comingWords(move, now)}.
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <form className="dialog-form" onSubmit={submit}>
          <p>
            A canary retires. Without one, the live model gives way to the one that was live before it; where
            none was, struggle alone decides again.
          </p>
          <NoteField description="Kept in the history, with who and when." note={note} onChange={setNote} />
          {error && <Refusal title="The server did not do it" words={error.message} />}
          <div className="dialog-acts">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isPending}>
              Roll back
            </Button>
          </div>
        </form>
      )}
      {data && (
        <div className="dialog-acts">
          <Button onClick={onClose}>Close</Button>
        </div>
      )}
    </Modal>
  );
}
