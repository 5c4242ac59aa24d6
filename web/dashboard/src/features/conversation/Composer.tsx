// SPDX-License-Identifier: Apache-2.0
import { Button, Textarea } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";

export const composerId = "composer";
const longest = 4_000;

export function Composer({ onSend }: { onSend(text: string): void }) {
  const [text, setText] = useState("");
  const trimmed = text.trim();

  function send() {
    if (!trimmed) return;
    onSend(trimmed);
    setText("");
  }

  function onKey(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <div className="composer">
      <Textarea
        id={composerId}
        aria-label="Your reply"
        placeholder="Write a reply…"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={longest}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      <div className="composer-foot">
        <span className="mute">Enter sends · Shift+Enter new line</span>
        <Button size="sm" onClick={send} disabled={!trimmed}>
          Send
        </Button>
      </div>
    </div>
  );
}
