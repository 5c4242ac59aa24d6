// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { pageOf } from "./router";

test("the page is what follows /demo, whatever the slashes", () => {
  expect(pageOf("/demo/")).toBe("");
  expect(pageOf("/demo")).toBe("");
  expect(pageOf("/demo/savings")).toBe("savings");
  expect(pageOf("/demo/savings/")).toBe("savings");
});
