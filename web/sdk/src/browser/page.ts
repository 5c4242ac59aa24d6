// SPDX-License-Identifier: MIT
import type { PageState } from "../domain/moment";
import type { ListenScope } from "../domain/ports";

/** Answers what the page is doing right now, so that an offer can choose its moment. */
export function watchPage(scope: ListenScope, mono: () => number): () => PageState {
  let lastKey = Number.NEGATIVE_INFINITY;
  scope.listen(document, "keydown", () => {
    lastKey = mono();
  });
  return () => ({
    ageMs: mono(),
    sinceKeyMs: mono() - lastKey,
    isDialogOpen: !!document.querySelector("dialog[open],[aria-modal=true]"),
    isFrameFocused: document.activeElement?.localName === "iframe",
    isVisible: document.visibilityState === "visible",
  });
}
