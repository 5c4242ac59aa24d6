// SPDX-License-Identifier: MIT

const CONTROL = "a,button,input,select,textarea,summary,label,[role],[contenteditable]";
const LONGEST = 120;
const ROLES: Record<string, string> = { a: "link" };

/** Ids made by frameworks change with each load: long digits, hex, or the marks React and others put in. */
export function looksGenerated(id: string): boolean {
  return id.length > 40 || /\d{3}|[:«»]|[0-9a-f]{8}|^(ember|radix|mui|headlessui|mantine)/i.test(id);
}

/** A short stable word for text that must not be sent as it is. */
export function hashText(text: string): string {
  let hash = 5381;
  for (let i = 0; i < text.length; i++) hash = (hash * 33 + text.charCodeAt(i)) | 0;
  return `~${(hash >>> 0).toString(36)}`;
}

function stableName(element: Element): string | undefined {
  if (element.id && !looksGenerated(element.id)) return element.id;
  const name = element.getAttribute("name") || element.getAttribute("data-testid");
  if (name && !looksGenerated(name)) return name;
  const label = element.getAttribute("aria-label");
  return label ? (/^[\w-]{1,24}$/.test(label) ? label : hashText(label)) : undefined;
}

function position(element: Element): string {
  let index = 1;
  for (let other = element.previousElementSibling; other; other = other.previousElementSibling) {
    if (other.localName === element.localName) index++;
  }
  return index > 1 ? `${element.localName}.${index}` : element.localName;
}

/** Up to five steps upwards, ending early at an ancestor that has a name of its own. */
function shortPath(element: Element): string {
  const steps: string[] = [];
  for (let node: Element | null = element; node && steps.length < 5; node = node.parentElement) {
    const name = node === element ? undefined : stableName(node);
    steps.unshift(name ? `#${name}` : position(node));
    if (name) break;
  }
  return steps.join("/");
}

/** The control that an element belongs to, or itself. */
export function controlOf(element: Element): Element {
  return element.closest(CONTROL) || element;
}

/**
 * What we call an element: its role and a stable attribute, or a short path of tags. Never text that a visitor
 * typed, never a value.
 */
export function keyOf(target: Element): string {
  const element = controlOf(target);
  const role = element.getAttribute("role") || ROLES[element.localName] || element.localName;
  const key = `${role}:${stableName(element) || shortPath(element)}`.replace(/[^\x20-\x7e]/g, "_");
  return key.slice(0, LONGEST);
}
