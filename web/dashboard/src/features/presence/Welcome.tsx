// SPDX-License-Identifier: Apache-2.0
import { Button, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";

interface Props {
  name: string;
  onCome(name: string): void;
}

/** Asked once: under which name an agent sits at the desk. */
export function Welcome({ name, onCome }: Props) {
  const [typed, setTyped] = useState(name);
  const trimmed = typed.trim();

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (trimmed) onCome(trimmed);
  }

  return (
    <main className="welcome">
      <form className="welcome-card" onSubmit={submit}>
        <h1>The agent's desk</h1>
        <p className="mute">Visitors who accept help talk to you here, and see the name you give.</p>
        <TextInput
          label="Your name"
          maxLength={60}
          value={typed}
          error={trimmed ? undefined : "Visitors need a name to talk to."}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" fullWidth size="md" mt="md">
          Come to the desk
        </Button>
      </form>
    </main>
  );
}
