// SPDX-License-Identifier: Apache-2.0
import { useEffect, useReducer, useRef } from "react";
import { BecauseSection } from "./BecauseSection";
import { DecisionSection } from "./DecisionSection";
import { EventsSection } from "./EventsSection";
import { Hints } from "./Hints";
import { LatencyBadge } from "./LatencyBadge";

import { PanelFooter } from "./PanelFooter";
import { emptyPanel, reducePanel } from "./reducer";
import { StruggleSection } from "./StruggleSection";
import { useLatency } from "./useLatency";
import { watchVisitor } from "./watch";

interface Props {
  /** Whether the panel lies over the page instead of beside it. */
  drawer: boolean;
  open: boolean;
  onClose(): void;
}

/**
 * The window into the machine. It ticks by itself, so its changes must never count as the page's reaction to a
 * click, and clicks in it are no evidence either: hence data-handrail-ignore.
 */
export function Panel({ drawer, open, onClose }: Props) {
  const [state, dispatch] = useReducer(reducePanel, emptyPanel);
  const latency = useLatency(state.decision);
  const closeButton = useRef<HTMLButtonElement>(null);

  useEffect(() => watchVisitor(dispatch), []);

  useEffect(() => {
    if (!drawer || !open) return;
    closeButton.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.getElementById("open-panel")?.focus();
    };
  }, [drawer, open, onClose]);

  return (
    <aside
      className="panel"
      data-open={open}
      data-connection={state.connection}
      data-handrail-ignore="mutation rage dead"
      aria-label="What Handrail sees"
      inert={!open}
    >
      <header className="panel-head">
        <h2>What Handrail sees</h2>
        <LatencyBadge latencyMs={latency} serverUs={state.offerFoldedUs} />
        {drawer && (
          <button
            type="button"
            ref={closeButton}
            className="panel-close"
            aria-label="Close"
            onClick={onClose}
          >
            ×
          </button>
        )}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section className="panel-body" tabIndex={0} aria-label="Live readings">
        <Hints />
        <StruggleSection state={state} />
        <BecauseSection contributions={state.contributions} />
        <DecisionSection decision={state.decision} intervention={state.intervention} />
        <EventsSection connection={state.connection} rows={state.rows} count={state.eventCount} />
      </section>
      <PanelFooter />
    </aside>
  );
}
