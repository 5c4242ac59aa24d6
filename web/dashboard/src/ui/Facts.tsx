// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";

interface Props {
  facts: readonly (readonly [string, ReactNode])[];
  /** The class of those that look alike. */
  among?: string;
}

/** Names and what they are, one below the other. */
export function Facts({ facts, among }: Props) {
  return (
    <dl className={among ? `facts ${among}` : "facts"}>
      {facts.map(([name, words]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}
