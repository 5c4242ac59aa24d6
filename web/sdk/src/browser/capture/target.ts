// SPDX-License-Identifier: MIT
import { UI_HOST } from "../../domain/ports";

/** The element an event really happened on, also inside open shadow roots; nothing inside our own UI. */
export function targetOf(event: Event): Element | undefined {
  const path = event.composedPath();
  const target = path[0];
  if (!(target instanceof Element)) return undefined;
  return path.some((node) => (node as Element).localName === UI_HOST) ? undefined : target;
}

/** `closest` that goes on across shadow hosts. */
export function closestAcross(node: Node | null, selector: string): Element | undefined {
  for (let at: Node | null = node; at; ) {
    const element: Element | null = at instanceof Element ? at : at.parentElement;
    const found = element?.closest(selector);
    if (found) return found;
    at = (at.getRootNode() as ShadowRoot).host || null;
  }
  return undefined;
}

export const FIELD =
  "input:not([type=submit],[type=button],[type=image],[type=reset],[type=hidden]),select,textarea";
const NOT_TEXT = /^(button|checkbox|color|file|hidden|image|radio|range|reset|submit)$/;

export type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export function isField(element: Element | null | undefined): element is Field {
  return !!element?.matches(FIELD);
}

/** A control that text is typed into, or an editable part of the page. */
export function isTextControl(element: Element): boolean {
  if (element.localName === "input") return !NOT_TEXT.test((element as HTMLInputElement).type);
  return (
    element.localName === "textarea" || !!element.closest("[contenteditable]:not([contenteditable=false])")
  );
}

export function formOf(element: Element): HTMLFormElement | null {
  return (element as HTMLInputElement).form || element.closest("form");
}
