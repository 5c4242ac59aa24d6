// SPDX-License-Identifier: MIT

type Child = Node | string | false | null | undefined;

/** Makes an element. Text only ever becomes text nodes, so nothing that is shown can become markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child): child is Node | string => !!child));
  return element;
}

export function button(className: string, label: string, onClick: () => void): HTMLButtonElement {
  const element = make("button", { type: "button", class: className }, label);
  element.addEventListener("click", onClick);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** A button that shows a line drawing and is named by its label. */
export function iconButton(path: string, label: string, onClick: () => void): HTMLButtonElement {
  const element = button("icon", "", onClick);
  element.setAttribute("aria-label", label);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  element.append(svg);
  return element;
}

export const ICONS = { close: "M4 4l8 8M12 4l-8 8", minimise: "M3.5 11h9" };
