// SPDX-License-Identifier: Apache-2.0
import { Switch } from "@mantine/core";
import { useAvailability } from "../../api/queries";
import type { Me } from "./storage";
import { presenceWords } from "./words";

interface Props {
  me: Me;
  failed: boolean;
  onChange(available: boolean): void;
  onRename(): void;
}

export function PresenceSwitch({ me, failed, onChange, onRename }: Props) {
  const { data: availability } = useAvailability();
  return (
    <div className="presence">
      <Switch
        checked={me.available}
        onChange={(event) => onChange(event.currentTarget.checked)}
        label={me.available ? "You are available" : "You are away"}
        description={failed ? "The server did not take that. Try again." : presenceWords(me, availability)}
      />
      <button type="button" className="presence-name" onClick={onRename} title="Change your name">
        {me.name}
      </button>
    </div>
  );
}
