// SPDX-License-Identifier: MIT
// @vitest-environment jsdom
import { expect, test } from "vitest";
import { hintOf, ignoresOf, isInteractive } from "./capture/hints";
import { keyOf } from "./elementKey";

function element(html: string, selector: string): Element {
  document.body.innerHTML = html;
  return document.querySelector(selector) as Element;
}

test.each([
  ['<button id="save"><i>x</i></button>', "i", "button:save"],
  ['<button id=":r1:" name="go"></button>', "button", "button:go"],
  ['<a href="/x" data-testid="buy">Buy</a>', "a", "link:buy"],
  ['<div role="tab" aria-label="Rates"></div>', "div", "tab:Rates"],
  ["<main><p></p><p>text</p></main>", "p:nth-child(2)", "p:html/body/main/p.2"],
  ['<form id="loan"><div><input></div></form>', "input", "input:#loan/div/input"],
])("%s is %s", (html, selector, key) => {
  expect(keyOf(element(html, selector))).toBe(key);
});

test("a label of several words is hashed, and no key is longer than 120 bytes", () => {
  expect(keyOf(element('<button aria-label="Call Ms Doe"></button>', "button"))).toMatch(
    /^button:~[0-9a-z]+$/,
  );
  expect(keyOf(element(`<button name="${"é".repeat(200)}"></button>`, "button")).length).toBeLessThanOrEqual(
    120,
  );
});

const HOW = { isModified: false, isDragged: false, selects: false };

test.each([
  ['<input type="number">', "input", "stepper"],
  ['<button aria-label="Next month"></button>', "button", "stepper"],
  ["<button>−</button>", "button", "stepper"],
  ["<button>»</button>", "button", "stepper"],
  ["<button>Save</button>", "button", "none"],
  ["<button>Continue to the next part of your application</button>", "button", "none"],
  ["<canvas></canvas>", "canvas", "canvas"],
  ["<video></video>", "video", "media"],
  ['<a href="/x" target="_blank">x</a>', "a", "new_tab"],
  ['<a href="/x" download>x</a>', "a", "download"],
  ['<a href="tel:112">x</a>', "a", "external"],
  ['<label>Photo<input type="file"></label>', "label", "file_picker"],
])("the hint of %s is %s", (html, selector, hint) => {
  expect(hintOf(element(html, selector), HOW)).toBe(hint);
});

test("a drag, a modifier key on a link and a selection explain a click too", () => {
  const link = element('<a href="/x">x</a>', "a");
  expect(hintOf(link, { ...HOW, isDragged: true })).toBe("drag");
  expect(hintOf(link, { ...HOW, isModified: true })).toBe("new_tab");
  expect(hintOf(element("<p>words</p>", "p"), { ...HOW, selects: true })).toBe("text_selection");
});

test("opt-outs are found on any ancestor, in our words and in those of others", () => {
  const inner = element('<div data-handrail-ignore="rage dead"><b class="ph-no-rageclick"></b></div>', "b");
  expect(ignoresOf([inner, inner.parentElement as Element])).toEqual(["rage", "dead"]);
  const hidden = element('<b data-dd-privacy="hidden"></b>', "b");
  expect(ignoresOf([hidden])).toEqual(["rage", "dead", "error"]);
});

test("a pointer cursor makes an element look clickable", () => {
  expect(isInteractive(element('<div style="cursor: pointer"></div>', "div"))).toBe(true);
  expect(isInteractive(element("<div></div>", "div"))).toBe(false);
});
