// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
  /** The next act, where there is one. */
  act?: { words: string; onClick(): void };
}

/** An empty or failed state: what is so, why, and what to do next. */
export function StateNote({ title, children, act }: Props) {
  return (
    <div className="state-note">
      <p className="state-note-title">{title}</p>
      {children && <p className="mute">{children}</p>}
      {act && (
        <Button variant="default" size="sm" onClick={act.onClick}>
          {act.words}
        </Button>
      )}
    </div>
  );
}
