// SPDX-License-Identifier: MIT
// Builds the script and its chunks, and fails when one has grown beyond its budget.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { cssAsText } from "./css-as-text.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../dist/");

const bundles = [
  { entry: "src/boot/main.ts", file: "sdk.js", format: "iife", budget: 6144 },
  { entry: "src/boot/autocapture.ts", file: "sdk/autocapture.js", format: "esm", budget: 5120 },
  { entry: "src/boot/forms.ts", file: "sdk/forms.js", format: "esm", budget: 3072 },
  { entry: "src/boot/help.ts", file: "sdk/help.js", format: "esm", budget: 5120 },
  { entry: "src/boot/net.ts", file: "sdk/net.js", format: "esm", budget: 2048 },
  { entry: "src/boot/debug.ts", file: "sdk/debug.js", format: "esm", budget: 2048 },
  { entry: "src/boot/ui.ts", file: "sdk/ui.js", format: "esm", budget: 14336 },
];

let tooLarge = false;
for (const { entry, file, format, budget } of bundles) {
  await build({
    entryPoints: [here(entry)],
    outfile: out + file,
    bundle: true,
    minify: true,
    format,
    target: "es2020",
    charset: "utf8",
    legalComments: "none",
    banner: { js: "/* Handrail SDK, MIT */" },
    plugins: [cssAsText],
    logLevel: "warning",
  });
  const bytes = await readFile(out + file);
  const size = gzipSync(bytes, { level: 9 }).length;
  const verdict = size > budget ? "TOO LARGE" : "ok";
  tooLarge ||= size > budget;
  console.log(
    `${file.padEnd(20)} ${String(bytes.length).padStart(6)} B  gzip ${size} of ${budget} B  ${verdict}`,
  );
}
if (tooLarge) process.exitCode = 1;
