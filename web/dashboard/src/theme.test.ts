// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { colours, fontFamily } from "../../tokens/tokens";

const css = readFileSync(new URL("../../tokens/tokens.css", import.meta.url), "utf8");

test.each(Object.entries(colours))("%s is the same in tokens.ts and tokens.css", (name, { light, dark }) => {
  expect(css).toContain(`--${name}: light-dark(${light}, ${dark});`);
});

test("so is the font", () => {
  expect(css).toContain(`--font: ${fontFamily};`);
});
