// SPDX-License-Identifier: MIT
import type { OutcomeKind } from "../../domain/facts";
import { type CapturePort, UI_HOST } from "../../domain/ports";
import type { Cancel } from "../../tools/clock";
import { guard } from "../../tools/guard";
import { isInteractive } from "./hints";
import { closestAcross, isField, isTextControl, targetOf } from "./target";

/** Observing a whole document costs something, so it is done only for as long as clicks are watched. */
const OBSERVE_MS = 2_600;
const UNRELATED = `[data-handrail-ignore~=mutation],${UI_HOST},head`;
const OBSERVED = { subtree: true, childList: true, attributes: true, characterData: true };

/** Events that say by themselves that the page did something. */
const SIGNS: [types: string, kind: OutcomeKind][] = [
  ["scroll", "scroll"],
  // Not `change`: a text field says that when it is left, which a press on a dead button causes by itself.
  ["input", "input"],
  ["visibilitychange", "visibility"],
  ["play pause seeking volumechange", "media"],
  ["toggle beforetoggle close cancel invalid fullscreenchange", "dialog"],
  ["copy cut", "selection"],
];

function isUnrelated(record: MutationRecord): boolean {
  const isOurs = (node: Node) => (node as Element).localName === UI_HOST;
  const changed = [...Array.from(record.addedNodes), ...Array.from(record.removedNodes)];
  if (changed.length && changed.every(isOurs)) return true;
  return !!closestAcross(record.target, UNRELATED);
}

/** A caret set by a click is no reaction, and neither is the own text of a button marked by quick clicks. */
function isSelecting(pressed: Element | undefined): boolean {
  const active = document.activeElement;
  if (active && isTextControl(active)) return true;
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return false;
  return !pressed || !isInteractive(pressed) || !selection.containsNode(pressed, true);
}

/**
 * Calls `react` whenever the page seems to do something. The result is called at each press: it watches for
 * changes of the document from then on, also in the shadow roots on the path of the press.
 */
export function watchReactions(
  { clock, listen, patch, add }: CapturePort,
  react: (kind: OutcomeKind, at: number) => void,
): (path: EventTarget[]) => void {
  let pressed: Element | undefined;
  let disarm: Cancel | undefined;

  const say = (kind: OutcomeKind) => react(kind, clock.mono());
  const observer = new MutationObserver(
    guard((records: MutationRecord[]) => {
      if (!records.every(isUnrelated)) say("mutation");
    }),
  );

  function stopObserving(): void {
    disarm?.();
    observer.disconnect();
  }

  /** Passes the call through and notes that it happened. */
  const noting =
    <T>(kind: OutcomeKind) =>
    (original: T, isOn: () => boolean) =>
      function (this: unknown, ...args: unknown[]): unknown {
        if (isOn()) guard(say)(kind);
        return (original as unknown as (...rest: unknown[]) => unknown).apply(this, args);
      } as unknown as T;

  for (const [types, kind] of SIGNS) {
    listen(document, types, (event) => (event.target === document || targetOf(event)) && say(kind));
  }
  listen(document, "focusin", (event) => {
    const target = targetOf(event);
    if (target && (isField(target) || isTextControl(target))) say("focus_blur");
  });
  listen(document, "selectionchange", () => isSelecting(pressed) && say("selection"));
  // The window loses focus to a frame, a file picker, a print dialog or another program.
  listen(window, "blur", (event) => event.target === window && say("focus_blur"));
  // At the end of its way a submit that nobody prevented is a navigation.
  listen(window, "submit", (event) => !event.defaultPrevented && say("nav"), { passive: true });
  patch(window, "open", noting("nav"));
  if (navigator.clipboard) patch(navigator.clipboard, "writeText", noting("selection"));
  add(stopObserving);

  return (path) => {
    pressed = path[0] as Element;
    for (const node of path) {
      if (node === document || node instanceof ShadowRoot) observer.observe(node as Node, OBSERVED);
    }
    disarm?.();
    disarm = clock.after(OBSERVE_MS, stopObserving);
  };
}
