// SPDX-License-Identifier: MIT

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Corners in the order in which they are preferred. */
export const PLACES = ["right-bottom", "left-bottom", "right-top", "left-top"] as const;
export type Place = (typeof PLACES)[number];

export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

/** `view` ends where the page lets the panel stand at the right, which already leaves its margin. */
function boxAt(place: Place, panel: { width: number; height: number }, view: Box, margin: number): Box {
  const [side, end] = place.split("-");
  const left = side === "right" ? view.right - panel.width : margin;
  const top = end === "bottom" ? view.bottom - margin - panel.height : margin;
  return { left, top, right: left + panel.width, bottom: top + panel.height };
}

/** The corner that covers least: the focused element counts most, then buttons that send a form. */
export function choosePlace(
  panel: { width: number; height: number },
  view: Box,
  margin: number,
  focused: Box | undefined,
  primary: Box[],
): Place {
  let best: Place = PLACES[0];
  let least = Number.POSITIVE_INFINITY;
  for (const place of PLACES) {
    const box = boxAt(place, panel, view, margin);
    const cost =
      (focused ? overlap(box, focused) * 1_000 : 0) +
      primary.reduce((sum, other) => sum + overlap(box, other), 0);
    if (cost < least) {
      least = cost;
      best = place;
    }
  }
  return best;
}

const PRIMARY = "button[type=submit],input[type=submit],form button:not([type])";
const MOST_LOOKED_AT = 8;
const MARGIN = 24;

function isReal(element: Element | null): element is Element {
  return !!element && element !== document.body && element !== document.documentElement;
}

/** Moves the panel to where it covers neither the focused element nor, if possible, a primary button. */
export function place(panel: HTMLElement, host: Element): void {
  const active = document.activeElement;
  const focused = isReal(active) && active !== host ? active.getBoundingClientRect() : undefined;
  const current = panel.getBoundingClientRect();
  // Once it is somewhere it stays, unless it would hide what is being used.
  if (panel.dataset.place && !(focused && overlap(current, focused))) return;
  delete panel.dataset.place;
  const inset = Number.parseFloat(getComputedStyle(panel).right);
  const view = { left: 0, top: 0, right: window.innerWidth - inset, bottom: window.innerHeight };
  const isSheet = current.width >= window.innerWidth;
  // A sheet over the whole width belongs to the bottom, and only the focus can move it from there.
  const primary = isSheet ? [] : Array.from(document.querySelectorAll(PRIMARY)).slice(0, MOST_LOOKED_AT);
  const boxes = primary.map((element) => element.getBoundingClientRect());
  panel.dataset.place = choosePlace(current, view, isSheet ? 0 : MARGIN, focused, boxes);
}
