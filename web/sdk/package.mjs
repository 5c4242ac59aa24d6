// SPDX-License-Identifier: MIT
// Builds the package for bundlers: ES modules, split where the script tag loads parts, and their types.
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cssAsText } from "./css-as-text.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

await rm(here("dist"), { recursive: true, force: true });
await build({
  entryPoints: [{ in: here("src/boot/package.ts"), out: "index" }],
  outdir: here("dist/esm"),
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2020",
  charset: "utf8",
  banner: { js: "/* Handrail SDK, MIT */" },
  plugins: [cssAsText],
  logLevel: "warning",
});

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const flags = [
  "--noEmit",
  "false",
  "--declaration",
  "--emitDeclarationOnly",
  "--outDir",
  here("dist/types"),
  "--rootDir",
  here("src"),
];
execFileSync(process.execPath, [tsc, "-p", here("tsconfig.package.json"), ...flags], { stdio: "inherit" });

// Modules name their neighbours as bundlers take them; types for everybody name the files.
const types = here("dist/types");
for (const file of await readdir(types, { recursive: true })) {
  if (!file.endsWith(".d.ts")) continue;
  const text = await readFile(join(types, file), "utf8");
  await writeFile(join(types, file), text.replace(/((?:from|import\() ?")(\.[^"]+)"/g, '$1$2.js"'));
}
