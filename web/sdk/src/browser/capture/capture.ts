// SPDX-License-Identifier: MIT
import { createClickWatch } from "../../domain/clickWatch";
import type { CapturePort, FormsChunk, FormsWatch } from "../../domain/ports";
import { watchClicks } from "./clicks";
import { watchErrors } from "./errors";
import { watchExitIntent } from "./exitIntent";
import { watchNetwork } from "./network";
import { watchReactions } from "./reactions";

/** Calls back as soon as the page has something to fill in: at once, or when the focus comes to it. */
function whenPageHasFields({ listen }: CapturePort, then: () => void): void {
  let isFound = false;
  function look(): void {
    if (isFound || !document.querySelector("form,input,select,textarea")) return;
    isFound = true;
    then();
  }
  look();
  listen(document, "focusin", look);
}

/** Reports what the visitor does without any help from the page's code. */
export function startCapture(port: CapturePort): void {
  const { clock } = port;
  const watch = createClickWatch(clock, port.track);
  let forms: FormsWatch | undefined;
  /** Requests that began while a click was watched: the visitor started those. */
  const caused = new Set<number>();

  watchNetwork({
    scope: port,
    window,
    isOwnRequest: port.isOwnRequest,
    onStart(id, isSameOrigin) {
      watch.react("request", clock.mono());
      if (watch.isWatching()) caused.add(id);
      if (isSameOrigin) forms?.requestStarted(id);
    },
    onEnd(id, status) {
      const hasFailed = status !== undefined && (status === 0 || status >= 400);
      if (caused.delete(id) && hasFailed) watch.fail(clock.mono());
      forms?.requestEnded(id, status);
    },
  });
  watchClicks(port, watch, watchReactions(port, watch.react));
  watchExitIntent(port);
  watchErrors(port, () => watch.fail(clock.mono()));
  port.onNavigation(() => watch.react("nav", clock.mono()));
  port.onExit((isLeaving) => {
    if (isLeaving) watch.react("nav", clock.mono());
    watch.finish();
  });
  whenPageHasFields(port, () => {
    port.load("forms").then(
      (chunk) => {
        forms = (chunk as FormsChunk).start(port);
      },
      () => {},
    );
  });
}
