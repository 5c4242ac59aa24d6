// SPDX-License-Identifier: MIT
import { guard } from "../tools/guard";
import { make } from "./dom";
import type { Host } from "./host";
import { place } from "./placement";

export interface Panel {
  element: HTMLElement;
  /** Shows this content. `onEscape` says what the Escape key means to it. */
  show(view: {
    className: string;
    content: Node[];
    label: string;
    description?: string;
    language?: string;
    onEscape(): void;
  }): void;
  hide(): void;
  isOpen(): boolean;
  stop(): void;
}

/** Whether the page has something of its own open that Escape would close. */
function pageHasLayer(): boolean {
  try {
    return !!document.querySelector("dialog[open],:popover-open");
  } catch {
    return !!document.querySelector("dialog[open]");
  }
}

/**
 * The floating panel: a dialog without a backdrop that neither takes the focus nor keeps it. Escape works inside
 * it, and elsewhere when nothing else wanted the key. Closing returns the focus to where it came from.
 */
export function createPanel(host: Host): Panel {
  const element = make("section", { popover: "manual", role: "dialog" });
  host.root.append(element);
  let onEscape: (() => void) | undefined;
  /** What had the focus last, outside of our own UI. */
  let cameFrom: HTMLElement | undefined;

  const isFocusInside = () => document.activeElement === host.element;

  const onKey = guard((event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !onEscape) return;
    if (!isFocusInside() && pageHasLayer()) return;
    event.preventDefault();
    onEscape();
  });
  const onFocusOut = guard((event: Event) => {
    const from = event.composedPath()[0];
    if (from instanceof HTMLElement && from.getRootNode() !== host.root) cameFrom = from;
  });
  const replace = guard(() => onEscape && place(element, host.element));

  window.addEventListener("keydown", onKey);
  window.addEventListener("resize", replace);
  document.addEventListener("focusin", replace);
  document.addEventListener("focusout", onFocusOut, true);

  return {
    element,
    show(view) {
      element.className = `panel ${view.className}`;
      element.replaceChildren(...view.content);
      element.setAttribute("aria-labelledby", view.label);
      if (view.description) element.setAttribute("aria-describedby", view.description);
      else element.removeAttribute("aria-describedby");
      if (view.language) element.lang = view.language;
      else element.removeAttribute("lang");
      const wasOpen = !!onEscape;
      onEscape = view.onEscape;
      element.setAttribute("data-open", "");
      if (!wasOpen) {
        element.showPopover?.();
        delete element.dataset.place;
      }
      place(element, host.element);
    },
    hide() {
      if (!onEscape) return;
      onEscape = undefined;
      const hadFocus = isFocusInside();
      element.hidePopover?.();
      element.removeAttribute("data-open");
      if (hadFocus && cameFrom?.isConnected) cameFrom.focus();
    },
    isOpen: () => !!onEscape,
    stop() {
      window.removeEventListener("keydown", onKey);
      window.removeEventListener("resize", replace);
      document.removeEventListener("focusin", replace);
      document.removeEventListener("focusout", onFocusOut, true);
    },
  };
}
