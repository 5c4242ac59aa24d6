// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";
import { useState } from "react";
import { Failed } from "../../ui/Failed";
import { clockTime } from "../../ui/time";
import { type Item, shortStory } from "./timeline";

const shortLength = 12;

interface Props {
  items: readonly Item[];
  pending: boolean;
  error: Error | null;
  onRetry(): void;
}

/** The latest acts in words, oldest first as one reads a story; the earlier ones are one click away. */
export function WhatHappened({ items, pending, error, onRetry }: Props) {
  const [all, setAll] = useState(false);
  const story = shortStory(items);
  const shown = all ? story : story.slice(-shortLength);
  const hidden = story.length - shown.length;
  return (
    <section aria-labelledby="happened-title">
      <h3 id="happened-title">What happened</h3>
      {pending && <Skeleton height={180} radius={10} />}
      {error && story.length === 0 && <Failed what="The journey" error={error} onRetry={onRetry} />}
      {!pending && !error && story.length === 0 && <p className="mute">Nothing has been recorded yet.</p>}
      {hidden > 0 && (
        <button type="button" className="text-button story-earlier" onClick={() => setAll(true)}>
          {hidden} earlier
        </button>
      )}
      <ol className="story">
        {shown.map((one) => (
          <li key={one.key} className={`story-${one.kind}`} title={one.code}>
            <span>{one.words}</span>
            <time>{clockTime(one.at)}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}
