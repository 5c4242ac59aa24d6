// @vitest-environment jsdom
// SPDX-License-Identifier: Apache-2.0
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useShortcuts } from "./useShortcuts";

const down = vi.fn();
const reply = vi.fn();
const goThere = vi.fn();
let root: Root;

function Desk() {
  useShortcuts({ j: down, ArrowDown: down, r: reply, "g j": goThere });
  return (
    <>
      <textarea id="text" />
      <button type="button" id="button" />
      <div id="scrolls" tabIndex={-1} />
    </>
  );
}

function press(key: string, on?: string, modifier: KeyboardEventInit = {}) {
  const target = on ? document.getElementById(on) : document.body;
  target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...modifier }));
}

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  document.body.innerHTML = "<div id='root'></div>";
  root = createRoot(document.getElementById("root") as HTMLElement);
  await act(async () => root.render(<Desk />));
  document.getElementById("scrolls")?.setAttribute("tabindex", "0");
  vi.clearAllMocks();
});

afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});

test("single keys act from anywhere that is not typing", () => {
  press("j");
  press("ArrowDown", "button");
  press("r", "button");
  expect(down).toHaveBeenCalledTimes(2);
  expect(reply).toHaveBeenCalledTimes(1);
});

test("they rest while something is typed, and leave browser shortcuts alone", () => {
  press("j", "text");
  press("r", undefined, { ctrlKey: true });
  expect(down).not.toHaveBeenCalled();
  expect(reply).not.toHaveBeenCalled();
});

test("arrows keep scrolling a region that has the focus, letters still act there", () => {
  press("ArrowDown", "scrolls");
  expect(down).not.toHaveBeenCalled();
  press("j", "scrolls");
  expect(down).toHaveBeenCalledTimes(1);
});

test("a key may follow another, and only the next one does", () => {
  press("g");
  press("j");
  expect(goThere).toHaveBeenCalledTimes(1);
  expect(down).not.toHaveBeenCalled();
  press("j");
  press("g");
  press("x");
  press("j");
  expect(goThere).toHaveBeenCalledTimes(1);
  expect(down).toHaveBeenCalledTimes(2);
});

test("what was typed in between is not followed", () => {
  press("g");
  press("x", "text");
  press("j");
  expect(goThere).not.toHaveBeenCalled();
  expect(down).toHaveBeenCalledTimes(1);
});
