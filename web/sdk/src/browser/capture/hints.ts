// SPDX-License-Identifier: MIT
import { controlOf } from "../elementKey";
import { closestAcross } from "./target";

export type Hint =
  | "none"
  | "stepper"
  | "text_selection"
  | "canvas"
  | "media"
  | "drag"
  | "new_tab"
  | "download"
  | "file_picker"
  | "external";

const INTERACTIVE =
  "a[href],button,input,select,textarea,summary,label,[onclick],[tabindex],[role=button],[role=link]";
/** A select opens a list of its own outside the document, so it belongs to the steppers. */
const STEPPER = "input[type=number],input[type=range],select,[role=spinbutton],[role=slider]";
const STEP_SYMBOL = /^[+\-−–<>«»‹›←→]+$/;
const STEP_WORD = /\b(prev(ious)?|next|more|less|increase|decrease)\b/i;
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z+.-]*:/i;

export function isInteractive(element: Element): boolean {
  return !!closestAcross(element, INTERACTIVE) || getComputedStyle(element).cursor === "pointer";
}

export function isDisabled(element: Element): boolean {
  return !!element.closest(":disabled,[aria-disabled=true]");
}

/** Words of a control that steps through something are short; a longer text says something else. */
function isStepText(text: string | null): boolean {
  const words = (text || "").trim();
  return words.length <= 30 && (STEP_SYMBOL.test(words) || STEP_WORD.test(words));
}

function isStepper(control: Element): boolean {
  if (control.closest(STEPPER)) return true;
  if (!control.matches("a,button,[role],input[type=button]")) return false;
  return isStepText(control.getAttribute("aria-label")) || isStepText(control.textContent);
}

function linkHint(link: HTMLAnchorElement, isModified: boolean): Hint {
  if (link.hasAttribute("download")) return "download";
  const href = link.getAttribute("href") || "";
  if (OTHER_SCHEME.test(href) && !/^javascript:/i.test(href)) return "external";
  return link.target === "_blank" || isModified ? "new_tab" : "none";
}

function opensFilePicker(control: Element): boolean {
  const field = control.localName === "label" ? (control as HTMLLabelElement).control : control;
  return field?.matches("input[type=file]") || false;
}

/** Why repeated or unanswered clicks on this element are no trouble. */
export function hintOf(
  target: Element,
  how: { isModified: boolean; isDragged: boolean; selects: boolean },
): Hint {
  if (how.isDragged) return "drag";
  const link = closestAcross(target, "a[href]") as HTMLAnchorElement | undefined;
  const ofLink = link ? linkHint(link, how.isModified) : "none";
  if (ofLink !== "none") return ofLink;
  const control = controlOf(target);
  if (opensFilePicker(control)) return "file_picker";
  if (isStepper(control)) return "stepper";
  if (target.closest("canvas,embed,object")) return "canvas";
  if (target.closest("video,audio")) return "media";
  return how.selects ? "text_selection" : "none";
}

const IGNORABLE = ["rage", "dead", "error"];

function ignoredBy(element: Element): string[] {
  const words = (element.getAttribute("data-handrail-ignore") || "").split(/\s+/);
  const classes = element.classList;
  if (classes.contains("ph-no-rageclick")) words.push("rage");
  if (classes.contains("ph-no-deadclick")) words.push("dead");
  const isHidden = classes.contains("ph-no-capture") || element.getAttribute("data-dd-privacy") === "hidden";
  return isHidden ? IGNORABLE : words;
}

/** What the page asked us to overlook here, in our own words or in those of two others. */
export function ignoresOf(path: EventTarget[]): string[] {
  const words = new Set<string>();
  for (const node of path) if (node instanceof Element) ignoredBy(node).forEach((word) => words.add(word));
  return IGNORABLE.filter((word) => words.has(word));
}
