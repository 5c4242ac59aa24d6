// SPDX-License-Identifier: MIT
import { guardAll } from "../tools/guard";
import type { Handrail } from "./api";
import { createSdk } from "./sdk";

export type { Choice } from "../domain/consent";
export type { FactData, SubmitResult, TrackOptions } from "../domain/facts";
export type { ChatMessage, Offer } from "../domain/offer";
export type { DoctorReport, UserToken } from "../domain/ports";
export type { Handrail } from "./api";
export type { Events } from "./events";

export interface Options {
  /** Origin of the Handrail server, such as "https://help.example". */
  host: string;
  /** The page's write key, where the server asks for one. */
  key?: string;
  /** False: report only what the page's code reports. */
  autocapture?: boolean;
  /** "ask": nothing leaves the page, and nothing is stored, before the visitor has agreed. */
  consent?: "ask";
  /** "none": nothing is stored, ever. */
  storage?: "none";
  /** Shows what the SDK does, in a corner of the page. */
  debug?: boolean;
}

const chunks: Record<string, () => Promise<unknown>> = {
  autocapture: () => import("./autocapture"),
  forms: () => import("./forms"),
  help: () => import("./help"),
  net: () => import("./net"),
  debug: () => import("./debug"),
  ui: () => import("./ui"),
};

let running: Handrail | undefined;

/**
 * Starts the SDK, once for each page: later calls give the same one. Only in a browser; importing it on a server does
 * no harm.
 */
export function createHandrail(options: Options): Handrail {
  if (running) return running;
  const sdk = createSdk({
    host: options.host.replace(/\/$/, ""),
    key: options.key || "",
    autocapture: options.autocapture !== false,
    asks: options.consent === "ask",
    stores: options.storage !== "none",
    debug: !!options.debug || /[?&]handrail_debug/.test(location.search),
    load: (chunk) => (chunks[chunk] as () => Promise<unknown>)(),
  });
  running = guardAll(sdk.api);
  sdk.start();
  return running;
}
