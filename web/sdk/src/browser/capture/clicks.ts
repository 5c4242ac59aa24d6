// SPDX-License-Identifier: MIT
import type { ClickWatch } from "../../domain/clickWatch";
import type { CapturePort } from "../../domain/ports";
import { hintOf, ignoresOf, isDisabled, isInteractive } from "./hints";
import { closestAcross, isTextControl, targetOf } from "./target";

const DRAG_PX = 10;
/** A press that is this old did not lead to the click; a keyboard or a script did. */
const PRESS_MS = 3_000;

interface Press {
  at: number;
  x: number;
  y: number;
  pointer: string;
  isDragged: boolean;
}

function modifiersOf({ ctrlKey, shiftKey, altKey, metaKey }: MouseEvent): number {
  return +ctrlKey + +shiftKey * 2 + +altKey * 4 + +metaKey * 8;
}

/** A link that leads away and that no handler stopped: the next page is on its way, however slow it is. */
function leavesPage(event: Event, target: Element): boolean {
  const link = closestAcross(target, "a[href]") as HTMLAnchorElement | undefined;
  return !!link && !event.defaultPrevented && !/^(#|javascript:)/i.test(link.getAttribute("href") as string);
}

/** Reports every click, with what the page made of it. */
export function watchClicks(port: CapturePort, watch: ClickWatch, arm: (path: EventTarget[]) => void): void {
  const { clock, listen } = port;
  let press: Press | undefined;
  let clicks = 0;
  let last: { target?: Element; at: number } = { at: Number.NEGATIVE_INFINITY };

  /** The time of the event itself, which a busy page may deliver late. */
  function timeOf(event: Event): number {
    const now = clock.mono();
    return event.timeStamp > 0 && event.timeStamp <= now ? event.timeStamp : now;
  }

  function report(event: MouseEvent, target: Element, at: number, pressed: Press | undefined): void {
    const selects =
      event.detail > 1 && document.getSelection()?.isCollapsed === false && !isInteractive(target);
    const modifiers = modifiersOf(event);
    const fact = {
      click: ++clicks,
      key: port.keyOf(target),
      role: (target.getAttribute("role") || target.localName).slice(0, 40),
      x: Math.round(event.clientX),
      y: Math.round(event.clientY),
      button: event.button,
      modifiers,
      trusted: event.isTrusted,
      detail: event.detail,
      disabled: isDisabled(target),
      inText: isTextControl(target),
      interactive: isInteractive(target),
      pointer: pressed?.pointer || "keyboard",
      hint: hintOf(target, { isModified: modifiers > 0, isDragged: !!pressed?.isDragged, selects }),
      ignore: ignoresOf(event.composedPath()),
    };
    last = { target, at };
    watch.click(fact, pressed?.at ?? at, at);
    if (fact.hint === "download") watch.react("download", clock.mono());
    clock.after(0, () => leavesPage(event, target) && watch.react("nav", clock.mono()));
  }

  function onDown(event: PointerEvent): void {
    if (!targetOf(event) || !event.isPrimary || event.button !== 0) return;
    const at = timeOf(event);
    press = {
      at,
      x: event.clientX,
      y: event.clientY,
      pointer: event.pointerType || "mouse",
      isDragged: false,
    };
    watch.press(at);
    arm(event.composedPath());
  }

  function onUp(event: PointerEvent): void {
    const target = targetOf(event);
    const pressed = press;
    if (!target || !pressed || !event.isPrimary) return;
    pressed.isDragged = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > DRAG_PX;
    if (!target.closest(":disabled")) return;
    // Browsers give no click on a disabled control, but the visitor did click.
    const at = timeOf(event);
    clock.after(0, () => last.at < at && report(event, target, at, pressed));
  }

  /** The browser repeats a click on a label for its control: that is one act. */
  function isLabelEcho(target: Element, at: number): boolean {
    const label = last.target?.closest("label");
    return at - last.at < 50 && !!label && label.control === target && last.target !== target;
  }

  function onClick(event: MouseEvent): void {
    const target = targetOf(event);
    const at = timeOf(event);
    if (!target || isLabelEcho(target, at)) return;
    const isPressed = event.detail > 0 && press && at - press.at < PRESS_MS;
    if (!isPressed) arm(event.composedPath());
    report(event, target, at, isPressed ? press : undefined);
  }

  listen(window, "pointerdown", onDown);
  listen(window, "pointerup", onUp);
  listen(window, "click", onClick);
}
