// SPDX-License-Identifier: MIT
import { readFile } from "node:fs/promises";
import { transform } from "esbuild";

/** Style sheets travel as minified text, for a constructed sheet needs no style element. */
export const cssAsText = {
  name: "css-as-text",
  setup(builder) {
    builder.onResolve({ filter: /\.css\?inline$/ }, ({ path, resolveDir }) => ({
      path: `${resolveDir}/${path.replace("?inline", "")}`,
      namespace: "css-as-text",
    }));
    builder.onLoad({ filter: /./, namespace: "css-as-text" }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text", watchFiles: [path] };
    });
  },
};
