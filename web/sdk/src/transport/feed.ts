// SPDX-License-Identifier: MIT

/** What the tabs of one browser tell each other. */
export type TabMessage =
  | { say: "event"; event: string; data: unknown }
  | { say: "hello" }
  | { say: "shown"; id: string; tab: string }
  | { say: "over"; id: string }
  | { say: "gone"; tab: string };

export interface Channel {
  post(message: TabMessage): void;
  close(): void;
}

export interface FeedDeps {
  /** Opens the channel between tabs, where the browser has one. */
  openChannel(onMessage: (message: TabMessage) => void): Channel | undefined;
  /** Calls back when this tab is to hold the connection; the result gives the lead away. */
  lead(onLead: () => void): () => void;
  stream: { start(): void; stop(): void };
  onEvent(event: string, data: unknown): void;
  onMessage(message: TabMessage): void;
}

export interface Feed {
  start(): void;
  stop(): void;
  say(message: TabMessage): void;
  /** The leading tab hands in what its connection received. */
  receive(event: string, data: unknown): void;
  /** Connects anew, as after the visitor became another. */
  restart(): void;
}

const MOST_KEPT = 200;

interface KeptEvent {
  say: "event";
  event: string;
  data: { interventionId?: string; state?: string };
}

/** One connection for all tabs: the leader listens to the server and passes everything on. */
export function createFeed(deps: FeedDeps): Feed {
  let channel: Channel | undefined;
  let resign: (() => void) | undefined;
  let leading = false;
  /** What a tab that comes later must hear: how to work, the live offer and the open conversation. */
  let kept: KeptEvent[] = [];

  function say(message: TabMessage): void {
    channel?.post(message);
  }

  function keep(message: KeptEvent): void {
    if (message.event === "retracted") {
      kept = kept.filter((old) => old.event !== "intervention");
      return;
    }
    if (message.event === "config") kept = kept.filter((old) => old.event !== "config");
    kept = [...kept.slice(1 - MOST_KEPT), message];
  }

  function onMessage(message: TabMessage): void {
    if (message.say === "hello") {
      if (leading) kept.forEach(say);
    } else if (message.say === "event") {
      if (!leading) deps.onEvent(message.event, message.data);
    } else {
      remember(message);
      deps.onMessage(message);
    }
  }

  /** A later tab must neither hear of an offer that is over nor take a shown one for new. */
  function remember(message: TabMessage): void {
    if (message.say !== "over" && message.say !== "shown") return;
    const isThis = (old: KeptEvent) => old.data.interventionId === message.id;
    if (message.say === "over") kept = kept.filter((old) => !isThis(old));
    else for (const old of kept.filter(isThis)) old.data.state = "displayed";
  }

  function onLead(): void {
    leading = true;
    deps.stream.start();
  }

  return {
    start() {
      if (resign) return;
      channel = deps.openChannel(onMessage);
      say({ say: "hello" });
      resign = deps.lead(onLead);
    },
    stop() {
      deps.stream.stop();
      resign?.();
      channel?.close();
      resign = channel = undefined;
      leading = false;
      kept = [];
    },
    say(message) {
      remember(message);
      say(message);
    },
    receive(event, data) {
      const message = { say: "event", event, data } as const;
      keep(message as KeptEvent);
      say(message);
      deps.onEvent(event, data);
    },
    restart() {
      kept = [];
      if (leading) deps.stream.start();
    },
  };
}
