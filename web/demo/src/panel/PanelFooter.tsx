// SPDX-License-Identifier: Apache-2.0
import type { MouseEvent } from "react";

function startOver(event: MouseEvent) {
  event.preventDefault();
  window.handrail?.reset();
  window.location.reload();
}

export function PanelFooter() {
  return (
    <footer className="panel-foot">
      <a href="/desk/" target="_blank" rel="noreferrer">
        Open the agent's desk ↗
      </a>
      <a href="/demo/" onClick={startOver} title="Forget this visitor and begin as a new one">
        Start over
      </a>
    </footer>
  );
}
