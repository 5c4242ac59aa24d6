// SPDX-License-Identifier: MIT
import { wrap } from "./envelope";
import type { Post } from "./http";
import { type Entry, isSameWho } from "./queue";

const CHUNK_BYTES = 50 * 1024;

export interface ExitDeps {
  beacon(url: string, body: string): boolean;
  post: Post;
  url: string;
  tabId: string;
  now(): number;
}

/** Cuts entries into chunks of one identity each that a beacon is likely to take. */
export function cutForBeacon(entries: Entry[]): Entry[][] {
  const chunks: Entry[][] = [];
  let chunk: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const first = chunk[0];
    if (first && (bytes + entry.bytes > CHUNK_BYTES || !isSameWho(first.who, entry.who))) {
      chunks.push(chunk);
      chunk = [];
      bytes = 0;
    }
    chunk.push(entry);
    bytes += entry.bytes + 1;
  }
  if (chunk.length) chunks.push(chunk);
  return chunks;
}

/**
 * The last way out of a page. Beacons share a quota and are refused when it is used up, so a refused chunk is
 * halved, and a single event that still does not fit goes by a keepalive request.
 */
export function sendAtExit(entries: Entry[], deps: ExitDeps): void {
  function deliver(chunk: Entry[]): void {
    const body = wrap(chunk, deps.tabId, deps.now());
    if (deps.beacon(deps.url, body)) return;
    if (chunk.length === 1) {
      void deps.post(deps.url, body, true);
      return;
    }
    const middle = chunk.length >> 1;
    deliver(chunk.slice(0, middle));
    deliver(chunk.slice(middle));
  }
  cutForBeacon(entries).forEach(deliver);
}
