// @vitest-environment jsdom
// SPDX-License-Identifier: Apache-2.0
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Analysis } from "../../api/types";
import { ReadingCard } from "./ReadingCard";
import { sampleAnalysis, sampleSource } from "./sampleReading";

let root: Root;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  document.body.innerHTML = "<div id='root'></div>";
  root = createRoot(document.getElementById("root") as HTMLElement);
});

afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});

async function shown(analysis: Analysis | undefined): Promise<string> {
  await act(async () => root.render(<ReadingCard analysis={analysis} />));
  return document.querySelector("section")?.textContent ?? "";
}

test("each sentence stands beside the fact that it rests on", async () => {
  const words = await shown(sampleAnalysis);
  expect(words).toContain("2 submits failedfailed_submits = 2");
  expect(words).toContain("Offer a live chat");
  expect(words).toContain("a template");
  expect(words).toContain("the built-in analyst");
});

test("a provider's own words are marked, and never become markup", async () => {
  const message = "<b>Stuck?</b>";
  const words = await shown({ ...sampleAnalysis, message, ownWords: true, source: sampleSource });
  expect(words).toContain("in the provider's own words");
  expect(document.querySelector("q")?.textContent).toBe(message);
  expect(document.querySelector("q b")).toBeNull();
});

test("a journey that nobody read says why", async () => {
  expect(await shown(undefined)).toContain("Not so far");
});
