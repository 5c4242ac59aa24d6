// SPDX-License-Identifier: Apache-2.0
import { Switch } from "@mantine/core";
import { useState } from "react";
import { useAvailability } from "../../api/queries";
import { useNow } from "../../ui/useNow";
import type { Me } from "./storage";
import { presenceWords } from "./words";

/** A little longer than the 2 s that the server takes, so that the note can be read. */
const switchMs = 3_000;

interface Props {
  me: Me;
  failed: boolean;
  onChange(available: boolean): void;
  onRename(): void;
}

export function PresenceSwitch({ me, failed, onChange, onRename }: Props) {
  const { data: availability } = useAvailability();
  const [switchedAt, setSwitchedAt] = useState(0);
  const justSwitched = useNow() - switchedAt < switchMs;
  return (
    <div className="presence">
      <Switch
        checked={me.available}
        onChange={(event) => {
          setSwitchedAt(Date.now());
          onChange(event.currentTarget.checked);
        }}
        label={me.available ? "You are available" : "You are away"}
        description={
          failed ? "The server did not take that. Try again." : presenceWords(me, availability, justSwitched)
        }
      />
      <button type="button" className="presence-name" onClick={onRename} title="Change your name">
        {me.name}
      </button>
    </div>
  );
}
