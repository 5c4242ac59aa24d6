// SPDX-License-Identifier: MIT
import type { Entry } from "./queue";

/** Puts entries of one identity into the body of POST /h/e. `sentAt` is the time of this very attempt. */
export function wrap(entries: Entry[], tabId: string, sentAt: number): string {
  const head = JSON.stringify({ v: 1, ...(entries[0] as Entry).who, tabId, sentAt });
  return `${head.slice(0, -1)},"events":[${entries.map((entry) => entry.json).join()}]}`;
}
