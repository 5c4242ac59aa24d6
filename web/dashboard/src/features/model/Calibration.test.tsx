// @vitest-environment jsdom
// SPDX-License-Identifier: Apache-2.0
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ModelHealth } from "../../api/modelTypes";
import { Calibration } from "./Calibration";
import { sampleHealth, sampleReport } from "./sampleReport";

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

const show = (health: ModelHealth | undefined) =>
  act(async () => root.render(<Calibration test={sampleReport} health={health} />));
const plot = () => document.querySelector("svg[role=img]");
const tables = () => [...document.querySelectorAll("table")].map((table) => table.textContent);

test("at training: a dot for each group that holds something, and the same numbers as a table", async () => {
  await show(undefined);
  expect(plot()?.querySelectorAll("circle").length).toBe(2);
  expect(plot()?.getAttribute("aria-label")).toContain("At training: 2 groups, ECE 0.230");
  expect(tables()).toHaveLength(1);
  expect(tables()[0]).toContain("11.5 %45.7 %94");
});

test("live groups are a second series, with their own table", async () => {
  await show({ ...sampleHealth, reliability: [{ predicted: 0.4, observed: 0.37, journeys: 120 }] });
  expect(plot()?.querySelectorAll(".plot-live circle").length).toBe(1);
  expect(plot()?.getAttribute("aria-label")).toContain("Live: 1 group, ECE 0.041");
  expect(tables()).toHaveLength(2);
  expect(tables()[1]).toContain("40.0 %37.0 %120");
});

test("a server that tells no live groups tells its error all the same, and what is missing without one", async () => {
  await show(sampleHealth);
  expect(document.body.textContent).toContain("Live its ECE is 0.041.");
  await show({ ...sampleHealth, calibrationError: null });
  expect(document.body.textContent).toContain("it takes 300 journeys");
});
