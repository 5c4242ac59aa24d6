// SPDX-License-Identifier: MIT
import { UI_HOST } from "../domain/ports";
import type { Clock } from "../tools/clock";
import { make } from "./dom";
import css from "./panel.css?inline";

/** A live region must be there for a while before text that enters it is spoken. */
const SETTLE_MS = 150;

export interface Host {
  element: HTMLElement;
  root: ShadowRoot;
  /** Tells screen readers, without moving the focus. */
  announce(text: string): void;
  remove(): void;
}

/** The one element we add to the page. Its shadow root is open, so that accessibility checks can look inside. */
export function createHost(clock: Clock): Host {
  const element = document.createElement(UI_HOST);
  const root = element.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const status = make("div", { class: "status", role: "status" });
  root.append(status);
  document.body.append(element);
  return {
    element,
    root,
    announce(text) {
      clock.after(SETTLE_MS, () => {
        status.textContent = text;
      });
    },
    remove: () => element.remove(),
  };
}
