// SPDX-License-Identifier: Apache-2.0
import { useLayoutEffect, useRef, useState } from "react";
import type { Line } from "./lines";
import { MessageLine } from "./MessageLine";

const nearEndPx = 60;

interface Props {
  lines: Line[];
  onRetry(messageKey: string): void;
}

/** Follows the end while the reader is there; who reads further up is not moved, and gets a pill instead. */
export function Messages({ lines, onRetry }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [seen, setSeen] = useState(lines.length);

  useLayoutEffect(() => {
    if (!atEnd.current || !box.current) return;
    box.current.scrollTop = box.current.scrollHeight;
    setSeen(lines.length);
  }, [lines.length]);

  function onScroll() {
    const { current } = box;
    if (!current) return;
    atEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < nearEndPx;
    if (atEnd.current) setSeen(lines.length);
  }

  function toEnd() {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }

  const fresh = lines.length - seen;
  return (
    <div className="messages-frame">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <div className="messages" ref={box} onScroll={onScroll} role="log" aria-label="Messages" tabIndex={0}>
        <ol>
          {lines.map((line) => (
            <MessageLine
              key={line.key}
              line={line}
              onRetry={() => onRetry(line.key.replace(/^message-/, ""))}
            />
          ))}
        </ol>
      </div>
      {fresh > 0 && (
        <button type="button" className="messages-new" onClick={toEnd}>
          {fresh} new ↓
        </button>
      )}
    </div>
  );
}
