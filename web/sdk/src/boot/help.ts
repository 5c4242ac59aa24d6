// SPDX-License-Identifier: MIT
import { watchPage } from "../browser/page";
import { createScope } from "../browser/scope";
import { claim, lead, openChannel } from "../browser/tabs";
import type { ChatMessage, Offer } from "../domain/offer";
import { createOffers } from "../domain/offers";
import type { Help, HelpPort, Ui, UiChunk } from "../domain/ports";
import { guard } from "../tools/guard";
import { createAnswers } from "../transport/answers";
import { createFeed, type TabMessage } from "../transport/feed";
import { createPass } from "../transport/pass";
import { createStream } from "../transport/stream";

const PREFETCH_AFTER_MS = 3_000;

/** As the server says it. */
interface RemoteConfig {
  autocapture: boolean;
  samplePercent: number;
  flushMs: number;
  batchEvents: number;
  batchBytes: number;
}

/** Loads the UI when it is first needed, and fetches it ahead of that once the page has settled. */
function createUiLoader(load: () => Promise<Ui>) {
  let loading: Promise<Ui> | undefined;
  let stopped = false;
  return {
    /** Does something with the UI once it is there; false when it could not be loaded or refused. */
    async use(act: (ui: Ui) => unknown): Promise<boolean> {
      try {
        loading = loading || load();
        const ui = await loading;
        return !stopped && act(ui) !== false;
      } catch {
        // A failed load may be the network's fault: the next need tries again.
        loading = undefined;
        return false;
      }
    },
    ifLoaded(act: (ui: Ui) => void): void {
      loading?.then(act, () => {});
    },
    stop() {
      stopped = true;
      loading?.then(
        (ui) => ui.stop(),
        () => {},
      );
    },
  };
}

/** Joins what the server pushes, the offer's moment, and the UI. One connection serves all tabs. */
export function start(port: HelpPort): Help {
  const { clock, host, tabId, emit, who } = port;
  const scope = createScope();
  const page = watchPage(scope, clock.mono);
  const pass = createPass({ ...port, anonymousId: () => who().anonymousId });
  const answer = createAnswers(port.post, host, clock, Math.random, pass);
  let isPaused = false;
  let skewMs = 0;

  const loadChunk = () => port.load("ui") as Promise<UiChunk>;
  const ui = createUiLoader(async () => (await loadChunk()).start({ clock, who, post: answer }));

  const stream = createStream({
    fetcher: port.fetcher,
    clock,
    random: Math.random,
    url: () => pass.sign(`${host}/v1/stream?anonymousId=${encodeURIComponent(who().anonymousId)}`),
    onRefused: pass.forget,
    onEvent: (event, data) => feed.receive(event, data),
    onSkew: (ms) => {
      skewMs = ms;
    },
  });

  const feed = createFeed({
    openChannel: (onMessage) => openChannel("handrail", onMessage),
    lead: (onLead) => lead(navigator.locks, "handrail", guard(onLead)),
    stream,
    onEvent,
    onMessage,
  });

  const offers = createOffers({
    clock,
    tab: tabId,
    page: page,
    isPaused: () => isPaused,
    hasFocus: () => document.hasFocus(),
    serverNow: () => clock.now() + skewMs,
    report: (id, name, body) => {
      const { anonymousId } = who();
      void answer(`/v1/interventions/${encodeURIComponent(id)}/${name}`, { anonymousId, ...body });
    },
    claim: (id) => claim(navigator.locks, `handrail ${id}`),
    say: feed.say,
    emit,
    show: (offer, onAnswer) => ui.use((loaded) => loaded.showOffer(offer, onAnswer)),
  });

  /** Which of a hundred parts of all visitors this one belongs to: the same on every page. */
  function partOf(id: string): number {
    let hash = 0;
    for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) >>> 0;
    return hash % 100;
  }

  function onConfig({ autocapture, samplePercent, flushMs, batchEvents, batchBytes }: RemoteConfig): void {
    if (samplePercent === undefined) return; // a server that does not say
    Object.assign(port.remote, { autocapture, ms: flushMs, events: batchEvents, bytes: batchBytes });
    if (partOf(who().anonymousId) >= samplePercent) port.onGone();
  }

  function onEvent(event: string, data: unknown): void {
    if (event === "config") {
      port.wake(); // it is what a server says first
      onConfig(data as RemoteConfig);
    }
    if (event === "intervention") {
      offers.receive(data as Offer);
    } else if (event === "retracted") {
      offers.retract((data as Offer).interventionId);
    } else if (event === "chat") {
      emit("chat", data as ChatMessage);
      void ui.use((loaded) => loaded.onChat(data as ChatMessage));
    }
  }

  function onMessage(message: TabMessage): void {
    if (message.say === "shown") {
      offers.shownElsewhere(message.id, message.tab);
    } else if (message.say === "gone") {
      offers.tabGone(message.tab);
    } else if (message.say === "over") {
      offers.over(message.id);
      ui.ifLoaded((loaded) => loaded.hideOffer(message.id));
    }
  }

  function onHide(): void {
    // A lock or an open channel would keep the page out of the back-forward cache.
    feed.say({ say: "gone", tab: tabId });
    feed.stop();
  }

  scope.listen(document, "visibilitychange", () => document.visibilityState === "visible" && stream.wake());
  scope.listen(window, "online", stream.wake);
  scope.listen(window, "pagehide", onHide);
  scope.listen<PageTransitionEvent>(window, "pageshow", (event) => event.persisted && feed.start());
  scope.add(
    clock.after(PREFETCH_AFTER_MS, () => {
      const prefetch = () => void loadChunk().catch(() => {});
      if (window.requestIdleCallback) window.requestIdleCallback(prefetch);
      else prefetch();
    }),
  );
  feed.start();

  return {
    pauseOffers(paused) {
      isPaused = paused;
    },
    vouch: pass.vouch,
    restart() {
      pass.forgetUser();
      feed.restart();
    },
    useUi: ui.use,
    stop() {
      feed.stop();
      offers.stop();
      ui.stop();
      scope.end();
    },
  };
}
