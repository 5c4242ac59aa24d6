// SPDX-License-Identifier: Apache-2.0
import type { Attributes, Availability, ChatMessage, Conversation, Folded, Score } from "./types";

type Handlers<Events> = { [Name in keyof Events]: (data: Events[Name]) => void };

interface DeskEvents {
  conversation: Conversation;
  chat: ChatMessage;
  availability: Availability;
}

interface WatchEvents {
  attributes: Attributes;
  folded: Folded;
  struggle: Score;
}

const firstRetryMs = 1_000;
const lastRetryMs = 8_000;

/**
 * An EventSource that never gives up: the browser's own reconnecting stops for good at an answer other than 200, so
 * from there on we open a new one, with growing pauses. `onLive` tells each change between connected and not.
 */
function openStream<Events>(
  url: string,
  handlers: Handlers<Events>,
  onLive: (live: boolean) => void,
): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = firstRetryMs;

  function connect() {
    source = new EventSource(url);
    source.addEventListener("open", () => {
      retryMs = firstRetryMs;
      onLive(true);
    });
    source.addEventListener("error", () => {
      onLive(false);
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    });
    for (const name of Object.keys(handlers) as (keyof Events & string)[]) {
      source.addEventListener(name, (event) =>
        handlers[name](JSON.parse((event as MessageEvent<string>).data)),
      );
    }
  }

  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

export function openDeskStream(
  agent: string,
  handlers: Handlers<DeskEvents>,
  onLive: (live: boolean) => void,
): () => void {
  return openStream<DeskEvents>(`/v1/desk/stream?agent=${encodeURIComponent(agent)}`, handlers, onLive);
}

export function openWatch(
  visitor: string,
  handlers: Handlers<WatchEvents>,
  onLive: (live: boolean) => void,
): () => void {
  return openStream<WatchEvents>(`/v1/visitors/${encodeURIComponent(visitor)}/watch`, handlers, onLive);
}
