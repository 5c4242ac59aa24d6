// SPDX-License-Identifier: Apache-2.0
import { Button, TextInput } from "@mantine/core";
import { type SubmitEvent, useEffect, useState } from "react";
import { navigate, paths } from "../../router";
import { StateNote } from "../../ui/StateNote";
import { WholeJourney } from "./WholeJourney";

export function VisitorView({ visitor }: { visitor: string | undefined }) {
  const [typed, setTyped] = useState(visitor ?? "");
  useEffect(() => setTyped(visitor ?? ""), [visitor]);

  function search(event: SubmitEvent) {
    event.preventDefault();
    const id = typed.trim();
    if (id) navigate(paths.visitor(id));
  }

  return (
    <main className="visitor-view">
      <header className="visitor-head">
        <h2>Whole journey</h2>
        <search>
          <form className="visitor-search" onSubmit={search}>
            <TextInput
              aria-label="Visitor id"
              placeholder="userId or anonymousId"
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button type="submit">Show</Button>
          </form>
        </search>
      </header>
      {visitor ? (
        <WholeJourney key={visitor} visitor={visitor} />
      ) : (
        <StateNote title="Whose journey?">
          Enter the id of a visitor, or follow “whole journey” from a conversation.
        </StateNote>
      )}
    </main>
  );
}
