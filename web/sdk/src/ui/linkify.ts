// SPDX-License-Identifier: MIT
import { make } from "./dom";

const URL_PATTERN = /https?:\/\/[^\s<>"']+/gi;
/** Punctuation right after an address belongs to the sentence. */
const TRAILING = /[.,;:!?)\]}]+$/;

/** Plain text as nodes, in which web addresses are links. */
export function linkify(text: string): (Node | string)[] {
  const nodes: (Node | string)[] = [];
  let at = 0;
  for (const match of Array.from(text.matchAll(URL_PATTERN))) {
    const url = match[0].replace(TRAILING, "");
    const start = match.index as number;
    nodes.push(
      text.slice(at, start),
      make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url),
    );
    at = start + url.length;
  }
  nodes.push(text.slice(at));
  return nodes;
}
