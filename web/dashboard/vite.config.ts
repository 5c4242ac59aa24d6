// SPDX-License-Identifier: Apache-2.0
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/desk/",
  plugins: [react()],
  build: {
    outDir: "../dist/desk",
    emptyOutDir: true,
    target: "es2022",
    // light-dark() of the tokens is kept as written; these are the first versions that know it.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The page is served under a policy that allows neither inline scripts nor data: fonts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
