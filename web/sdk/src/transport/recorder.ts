// SPDX-License-Identifier: MIT
import type { Track, Who } from "../domain/facts";
import { byteLength } from "../tools/bytes";
import type { Clock } from "../tools/clock";
import type { Queue } from "./queue";

const LARGEST_EVENT = 8 * 1024;
/** Facts that no act of the visitor causes must not keep a session alive. */
const PASSIVE = /^(visibility|click_outcome|sdk_dropped)$/;
const NAME = /^[a-z0-9_.:]{1,64}$/;

export interface RecorderDeps {
  clock: Clock;
  queue: Queue;
  tabId: string;
  who(active: boolean): Who;
  isUrgent(eventType: string, data: object, at: number): boolean;
  schedule(urgent: boolean): void;
  warn(message: string): void;
}

/** Numbers facts, puts them into their wire form and queues them. Returns "tab:seq", or "" when refused. */
export function createRecorder(deps: RecorderDeps): Track {
  let seq = 0;
  return (eventType, data, options = {}) => {
    const mono = options.at ?? deps.clock.mono();
    const timestamp = Math.round(deps.clock.now() - (deps.clock.mono() - mono));
    const next = seq + 1;
    const json = JSON.stringify({
      seq: next,
      eventType,
      timestamp,
      mono: Math.max(0, Math.round(mono)),
      eventData: data,
    });
    const bytes = byteLength(json);
    if (!NAME.test(eventType) || bytes > LARGEST_EVENT) {
      deps.queue.countDropped(1);
      deps.warn(`event ${eventType} was refused: its name is not allowed or it is larger than 8 KiB`);
      return "";
    }
    seq = next;
    const struggle = deps.isUrgent(eventType, data, mono) || !!options.urgent;
    deps.queue.push({ seq, eventType, json, bytes, who: deps.who(!PASSIVE.test(eventType)), struggle });
    deps.schedule(struggle);
    return `${deps.tabId}:${seq}`;
  };
}
