// SPDX-License-Identifier: Apache-2.0
import { Textarea } from "@mantine/core";

/** Words of one's own that are kept with what one does. */
export function NoteField({
  description,
  note,
  onChange,
}: {
  description: string;
  note: string;
  onChange(note: string): void;
}) {
  return (
    <Textarea
      label="Note (optional)"
      description={description}
      maxLength={500}
      value={note}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-autofocus
    />
  );
}
