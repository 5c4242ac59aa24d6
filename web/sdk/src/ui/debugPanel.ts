// SPDX-License-Identifier: MIT
import type { DebugPort } from "../domain/ports";

const EVERY_MS = 1_000;
const STYLE =
  ":host{position:fixed;left:8px;bottom:8px;z-index:2147483647}" +
  "pre{margin:0;padding:8px 10px;max-width:360px;max-height:40vh;overflow:auto;background:#111;color:#d5f5d5;" +
  "font:11px/1.5 ui-monospace,monospace;border-radius:6px;white-space:pre-wrap;opacity:.92}";

/** A small panel in a corner that says what the SDK knows and does. For developers. */
export function show({ host, key, state, on }: DebugPort): void {
  let sent: string[] = [];
  on("sent", ({ events }) => {
    sent = [...sent, ...events.map(({ eventType }) => eventType)].slice(-8);
  });

  const element = document.createElement("handrail-debug");
  const root = element.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const text = document.createElement("pre");
  root.append(text);
  document.body.append(element);

  const draw = () => {
    const { consent, ids, waiting, isStopped, mayStore } = state();
    text.textContent = [
      `handrail ${isStopped ? "stopped" : "runs"} · ${host || location.origin}`,
      `key      ${key ? `${key.slice(0, 12)}…` : "none"}`,
      `consent  ${consent ? JSON.stringify(consent) : "not asked"}`,
      `storage  ${mayStore ? "yes" : "no"}`,
      `visitor  ${ids.anonymousId}`,
      `session  ${ids.sessionId}`,
      `waiting  ${waiting}`,
      `sent     ${sent.join(" ") || "-"}`,
    ].join("\n");
  };
  draw();
  setInterval(draw, EVERY_MS);
}
