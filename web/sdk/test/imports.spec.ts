// SPDX-License-Identifier: MIT
// The folders may know each other in one direction only.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SOURCE = new URL("../src", import.meta.url).pathname;
const MAY_KNOW: Record<string, string[]> = {
  tools: [],
  domain: ["tools"],
  transport: ["tools", "domain"],
  browser: ["tools", "domain", "transport"],
  ui: ["tools", "domain"],
  boot: ["tools", "domain", "transport", "browser", "ui"],
};

const files = readdirSync(SOURCE, { recursive: true }).map(String);
const code = files.filter((file) => file.endsWith(".ts") && !/\.(spec|d)\.ts$/.test(file));

test.each(code)("%s imports only what its folder may know", (file) => {
  const folder = file.split("/")[0] as string;
  const text = readFileSync(join(SOURCE, file), "utf8");
  for (const [, path] of text.matchAll(/from "(\.[^"]+)"/g)) {
    const target = join(file, "..", path as string).split("/")[0] as string;
    expect([folder, ...(MAY_KNOW[folder] ?? [])]).toContain(target);
  }
});

test("every file states its licence", () => {
  const silent = files
    .filter((file) => /\.(ts|css)$/.test(file))
    .filter((file) => {
      return !readFileSync(join(SOURCE, file), "utf8").includes("SPDX-License-Identifier: MIT");
    });
  expect(silent).toEqual([]);
});
