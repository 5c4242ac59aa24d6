// SPDX-License-Identifier: MIT
import type { Cancel, Clock } from "../tools/clock";
import { createSseParser, type ServerEvent } from "./sse";

/** The server sends a comment every 15 s; three missing ones mean that the connection is dead. */
const SILENCE_MS = 45_000;
const LONGEST_PAUSE_MS = 30_000;
/** The server greets at once: a connection that stays mute so long is held back by something between us. */
const MUTE_MS = 8_000;
/** After so many mute connections we ask for whole answers instead. */
const MUTE_MAX = 2;
const POLL_WAIT_S = 25;
const POLL_PAUSE_MS = 1_000;

export interface StreamDeps {
  fetcher: typeof fetch;
  clock: Clock;
  random(): number;
  /** Where to connect; nothing where that is not known now. */
  url(): Promise<string | undefined>;
  /** The server does not take the address. */
  onRefused(): void;
  onEvent(event: string, data: unknown): void;
  /** The server's wall clock less ours, where the answer says. */
  onSkew(ms: number): void;
}

export interface Stream {
  start(): void;
  stop(): void;
  /** Connects at once if it was waiting to reconnect. */
  wake(): void;
}

/** A server-sent event connection over fetch that always comes back, from where it was. */
export function createStream(deps: StreamDeps): Stream {
  const { clock } = deps;
  let lastEventId = "";
  let failures = 0;
  let mutes = 0;
  let isMute = false;
  let connection: AbortController | undefined;
  let retry: Cancel | undefined;
  let silence: Cancel | undefined;

  function stop(): void {
    retry?.();
    silence?.();
    connection?.abort();
    connection = retry = undefined;
  }

  function reconnect(ms: number): void {
    stop();
    retry = clock.after(ms, connect);
  }

  function onLost(): void {
    const grown = (1_000 + deps.random() * 4_000) * 1.5 ** failures++;
    reconnect(Math.min(grown, LONGEST_PAUSE_MS));
  }

  function onServerEvent({ id, event, data }: ServerEvent): void {
    if (id) lastEventId = id;
    let parsed: unknown;
    try {
      parsed = JSON.parse(data);
    } catch {
      return;
    }
    if (event === "bye") reconnect((parsed as { retryMs?: number }).retryMs || 1_000);
    else deps.onEvent(event, parsed);
  }

  function listenForSilence(): void {
    silence?.();
    silence = clock.after(isMute ? MUTE_MS : SILENCE_MS, () => {
      if (isMute) mutes++;
      onLost();
    });
  }

  /** For a proxy that passes an answer on when it is whole: asks, and the server answers when there is news. */
  async function poll(url: string, mine: AbortController): Promise<void> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (lastEventId) headers["last-event-id"] = lastEventId;
    const init = { headers, signal: mine.signal, credentials: "omit" } as const;
    const response = await deps.fetcher(`${url}&wait=${POLL_WAIT_S}`, init);
    if (response.status === 401) deps.onRefused();
    if (!response.ok) throw response.status;
    failures = 0;
    for (const { id, event, data } of (await response.json()).events) {
      if (mine !== connection) return;
      onServerEvent({ id, event, data: JSON.stringify(data) });
    }
    reconnect(POLL_PAUSE_MS);
  }

  async function read(mine: AbortController): Promise<void> {
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (lastEventId) headers["last-event-id"] = lastEventId;
    const url = await deps.url();
    if (!url) throw 0;
    if (mutes >= MUTE_MAX) return poll(url, mine);
    const response = await deps.fetcher(url, { headers, signal: mine.signal, credentials: "omit" });
    if (response.status === 401) deps.onRefused();
    if (!response.ok || !response.body) throw response.status;
    const date = Date.parse(response.headers.get("date") || "");
    if (date) deps.onSkew(date - clock.now());
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const parse = createSseParser(onServerEvent);
    for (;;) {
      const { done, value } = await reader.read();
      if (done || mine !== connection) return;
      failures = mutes = 0;
      isMute = false;
      listenForSilence();
      parse(decoder.decode(value, { stream: true }));
    }
  }

  function connect(): void {
    retry = undefined;
    connection = new AbortController();
    const mine = connection;
    const ended = () => mine === connection && onLost();
    isMute = mutes < MUTE_MAX;
    listenForSilence();
    read(mine).then(ended, ended);
  }

  return {
    start() {
      stop();
      lastEventId = "";
      connect();
    },
    stop,
    wake() {
      if (!retry) return;
      retry();
      connect();
    },
  };
}
