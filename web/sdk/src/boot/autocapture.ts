// SPDX-License-Identifier: MIT
import { startCapture } from "../browser/capture/capture";
import { watchNavigation } from "../browser/navigation";
import { patch } from "../browser/patch";
import type { CaptureLoan, CapturePort } from "../domain/ports";
import { createEmitter } from "../tools/emitter";

/** Reports pages and what the visitor does on them, without any help from the page's code. */
export function start(loan: CaptureLoan): void {
  const inner = createEmitter<{ navigation: undefined }>();
  const port: CapturePort = {
    ...loan,
    track: (...fact) => (loan.remote.autocapture ? loan.track(...fact) : ""),
    patch: (owner, name, wrap) => loan.add(patch(owner, name, wrap)),
    onNavigation: (callback) => inner.on("navigation", callback),
  };
  watchNavigation({
    scope: port,
    window,
    onPage(navigation) {
      const visible = document.visibilityState === "visible";
      port.track("page", { path: location.pathname.slice(0, 500), navigation, visible });
    },
    onAnyNavigation: () => inner.emit("navigation", undefined),
  });
  startCapture(port);
}
