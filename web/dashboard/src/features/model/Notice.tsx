// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

/** What the server refused or could not do, in its words. */
export function Refusal({ title, words, children }: { title: string; words: string; children?: ReactNode }) {
  return (
    <div className="notice notice-bad" role="alert">
      <p className="state-note-title">{title}</p>
      <p>{words}</p>
      {children}
    </div>
  );
}
