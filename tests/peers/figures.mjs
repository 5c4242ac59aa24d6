// SPDX-License-Identifier: Apache-2.0
// What /metrics serves, and what docs/metrics.md says of it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { root } from "./emulators.mjs";

const textOf = async ({ url }) => (await fetch(`${url}/metrics`)).text();

/** The figures under that line of docs/metrics.md are served with those words, and no others named like `mine`. */
export async function figuresAreThoseUnder(heading, servers, mine) {
  const [, table] = readFileSync(`${root}docs/metrics.md`, "utf8").split(`\n${heading}`);
  const documented = [...table.split("\n\n")[1].matchAll(/^\| `(handrail_\w+)` \| (\w+) \|.*\| (.*) \|$/gm)].map(([, name, kind, words]) => `${name} ${kind}: ${words}`);
  const text = (await Promise.all(servers.map(textOf))).join("\n");
  const kinds = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, kind]) => [name, kind]));
  const served = [...text.matchAll(/^# HELP (\w+) (.*)$/gm)].map(([, name, words]) => `${name} ${kinds.get(name)}: ${words}`);
  assert.ok(documented.length >= 5);
  for (const figure of documented) assert.ok(served.includes(figure), figure);
  for (const figure of served.filter((name) => mine.test(name))) assert.ok(documented.includes(figure), figure);
}

/** One figure without labels, as a number. */
export const figure = async (server, name) => Number((await textOf(server)).match(new RegExp(`^${name} ([\\d.e+]+)$`, "m"))?.[1]);
