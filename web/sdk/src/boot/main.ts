// SPDX-License-Identifier: MIT
import { guard, guardAll } from "../tools/guard";
import type { Handrail } from "./api";
import { createSdk } from "./sdk";

type Call = [method: string, ...args: unknown[]];

declare global {
  interface Window {
    handrail?: Handrail | Call[];
  }
}

/** Repeats a call that was made before the script arrived, such as ["chat.open"] or ["track", "x"]. */
function replay(api: object, [method, ...args]: Call): void {
  let owner: unknown = api;
  const path = method.split(".");
  const last = path.pop() as string;
  for (const name of path) owner = (owner as Record<string, unknown>)[name];
  (owner as Record<string, (...rest: unknown[]) => void>)[last]?.(...args);
}

guard(() => {
  const waiting = window.handrail;
  // A second script tag on the same page must not count everything twice.
  if (waiting && !Array.isArray(waiting)) return;
  const script = document.currentScript as HTMLScriptElement;
  const { host, key, autocapture, consent, storage, debug } = script.dataset;
  const source = new URL(script.src);
  const sdk = createSdk({
    host: (host || source.origin).replace(/\/$/, ""),
    key: key || "",
    autocapture: autocapture !== "false",
    asks: consent === "ask",
    stores: storage !== "none",
    debug: (debug !== undefined && debug !== "false") || /[?&]handrail_debug/.test(location.search),
    load: (chunk) => import(new URL(`sdk/${chunk}.js`, source).href),
  });
  const api = guardAll(sdk.api);
  window.handrail = api;
  sdk.start();
  waiting?.forEach(guard((call: Call) => replay(api, Array.from(call) as Call)));
})();
