// SPDX-License-Identifier: Apache-2.0
import { hourMinute } from "../../ui/time";
import type { Line } from "./lines";

function AgentNote({ line, onRetry }: { line: Line & { kind: "agent" }; onRetry(): void }) {
  if (line.state === "sending") return <span className="message-note">sending…</span>;
  if (line.state === "sent") {
    return (
      <span className="message-note">
        {line.name ? `${line.name} · ` : ""}
        {hourMinute(line.at)}
      </span>
    );
  }
  return (
    <span className="message-note message-failed" role="alert">
      not sent ·{" "}
      <button type="button" onClick={onRetry}>
        try again
      </button>
    </span>
  );
}

/** What was said, as plain text, or a line of the system between. */
export function MessageLine({ line, onRetry }: { line: Line; onRetry(): void }) {
  if (line.kind === "system") {
    return (
      <li className="message-system">
        {line.words} · {hourMinute(line.at)}
      </li>
    );
  }
  return (
    <li className={`message message-${line.kind}`}>
      <span className="sr-only">{line.kind === "agent" ? "You or a colleague: " : "Visitor: "}</span>
      <p className="message-text">{line.text}</p>
      {line.kind === "agent" ? (
        <AgentNote line={line} onRetry={onRetry} />
      ) : (
        <span className="message-note">{hourMinute(line.at)}</span>
      )}
    </li>
  );
}
