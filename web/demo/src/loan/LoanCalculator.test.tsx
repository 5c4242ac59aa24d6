// @vitest-environment jsdom
// SPDX-License-Identifier: Apache-2.0
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LoanCalculator } from "./LoanCalculator";

let root: Root;
const page = () => document.body;

function element<Kind extends HTMLElement>(id: string): Kind {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found as Kind;
}

/** Types as a person does: React listens to the native input event and to the setter it has wrapped. */
async function type(id: string, text: string) {
  const input = element<HTMLInputElement>(id);
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value") ?? {};
  await act(async () => {
    input.focus();
    set?.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

async function click(id: string) {
  await act(async () => element(id).click());
}

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  document.body.innerHTML = "<div id='root'></div>";
  root = createRoot(element("root"));
  await act(async () => root.render(<LoanCalculator />));
});

afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
  delete window.handrail;
});

test("a term of 0 is refused at submit: marked, described, focused, and nothing is sent", async () => {
  const fetch = vi.fn();
  vi.stubGlobal("fetch", fetch);
  await type("loan-term", "0");
  await click("loan-apply");
  const term = element<HTMLInputElement>("loan-term");
  expect(term.getAttribute("aria-invalid")).toBe("true");
  const note = element(term.getAttribute("aria-describedby") ?? "");
  expect(note.textContent).toBe("Choose a term between 6 and 120 months.");
  expect(document.activeElement).toBe(term);
  expect(fetch).not.toHaveBeenCalled();
  await type("loan-term", "60");
  expect(term.getAttribute("aria-invalid")).toBe("false");
});

test("an application that arrives is confirmed and is the goal", async () => {
  const goal = vi.fn();
  window.handrail = { goal, reset: vi.fn(), ids: () => ({ anonymousId: "a" }), on: () => undefined };
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response("{}")),
  );
  await click("loan-apply");
  expect(goal).toHaveBeenCalledWith("loan_application");
  expect(page().textContent).toContain("Your application is in.");
});

test("a calculation that cannot be saved says so, and is no goal", async () => {
  const fetch = vi.fn(async () => new Response("{}", { status: 503 }));
  vi.stubGlobal("fetch", fetch);
  await click("loan-save");
  expect(fetch).toHaveBeenCalledWith("/demo/api/calculations", expect.objectContaining({ method: "POST" }));
  expect(page().textContent).toContain("We couldn't save that. Please try again.");
});

test("the dead button leaves the page exactly as it was", async () => {
  const before = page().innerHTML;
  await click("download-schedule");
  expect(page().innerHTML).toBe(before);
});

test("the steppers stay within the term's limits", async () => {
  await type("loan-term", "120");
  await click("loan-term-more");
  expect(element<HTMLInputElement>("loan-term").value).toBe("120");
  await click("loan-term-less");
  expect(element<HTMLInputElement>("loan-term").value).toBe("119");
});
