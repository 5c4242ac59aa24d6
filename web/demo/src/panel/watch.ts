// SPDX-License-Identifier: Apache-2.0
import { loadedHandrail } from "../handrail";
import type { Attributes } from "./contract";
import { readEarlier } from "./earlier";
import type { PanelAction } from "./reducer";

const retryMs = 1_000;
const scriptPatienceMs = 8_000;

/**
 * Follows what the server folds for this visitor and passes it on as actions. It waits for the SDK, which makes the
 * visitor's id, and rests while the tab is hidden, because a browser allows only six connections to a host.
 */
export function watchVisitor(dispatch: (action: PanelAction) => void): () => void {
  const startedAt = performance.now();
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let everOpen = false;

  function retry() {
    clearTimeout(timer);
    timer = setTimeout(connect, retryMs);
  }

  function stop() {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  }

  function connect() {
    stop();
    const handrail = loadedHandrail();
    if (!handrail) {
      const late = performance.now() - startedAt > scriptPatienceMs;
      dispatch({ type: "connection", connection: late ? "offline" : "script" });
      retry();
      return;
    }
    if (!everOpen) dispatch({ type: "connection", connection: "waiting" });
    const visitor = encodeURIComponent(handrail.ids().anonymousId);
    const opened = new EventSource(`/v1/visitors/${visitor}/watch`);
    source = opened;
    opened.addEventListener("open", () => {
      everOpen = true;
      dispatch({ type: "connection", connection: "live" });
    });
    opened.addEventListener("error", () => {
      if (everOpen) dispatch({ type: "connection", connection: "reconnecting" });
      if (opened.readyState === EventSource.CLOSED) retry();
    });
    opened.addEventListener("attributes", ({ data }) => {
      const attributes: Attributes = JSON.parse(data);
      dispatch({ type: "attributes", attributes, receivedAt: Date.now() });
      // Of a visitor who is new there is nothing to read yet.
      if (!attributes.anonymousId) return;
      void readEarlier(visitor).then((earlier) => dispatch({ type: "earlier", ...earlier }));
    });
    opened.addEventListener("folded", ({ data }) => {
      dispatch({ type: "folded", folded: JSON.parse(data), receivedAt: Date.now() });
    });
    opened.addEventListener("struggle", ({ data }) => {
      dispatch({ type: "struggle", score: JSON.parse(data), receivedAt: Date.now() });
    });
  }

  function onVisibility() {
    if (document.hidden) stop();
    else if (!source) connect();
  }

  document.addEventListener("visibilitychange", onVisibility);
  connect();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    stop();
  };
}
