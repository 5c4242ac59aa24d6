// SPDX-License-Identifier: MIT
import { createBrowserClock } from "../browser/clock";
import { keyOf } from "../browser/elementKey";
import { createScope } from "../browser/scope";
import { createStorage } from "../browser/storage";
import { type Choice, createConsent } from "../domain/consent";
import { createIdentity, STORED } from "../domain/identity";
import type {
  CaptureChunk,
  CaptureLoan,
  DebugChunk,
  DebugPort,
  Help,
  HelpChunk,
  Net,
  NetChunk,
  Remote,
  User,
} from "../domain/ports";
import { createRepeatFilter } from "../domain/repeats";
import { createUrgency } from "../domain/urgency";
import { createEmitter } from "../tools/emitter";
import { uuidv7 } from "../tools/random";
import { wrap } from "../transport/envelope";
import { cutForBeacon, sendAtExit } from "../transport/exit";
import { createPost, type Post } from "../transport/http";
import { createQueue, type Entry, QUEUE_LIMITS, WAITING_LIMITS } from "../transport/queue";
import { createRecorder } from "../transport/recorder";
import { createSender, FLUSH_AT } from "../transport/sender";
import { createApi } from "./api";
import type { Events, InnerEvents } from "./events";

export interface Config {
  /** Origin of the Handrail server, without a slash at the end. */
  host: string;
  /** The page's write key; empty where the site asks for none. */
  key: string;
  autocapture: boolean;
  /** Before the visitor has agreed, nothing leaves the page and nothing is stored. */
  asks: boolean;
  /** False: nothing is stored, ever; the visitor is another on each page. */
  stores: boolean;
  debug: boolean;
  /** Loads a chunk by its name. */
  load(chunk: string): Promise<unknown>;
}

/** Puts the parts together. Nothing happens before `start`. */
export function createSdk(config: Config) {
  const { host, key } = config;
  const clock = createBrowserClock();
  const tabId = uuidv7(0).slice(20); // 60 random bits
  // Taken before anybody patches it, so that our own requests are nobody's reaction.
  const fetcher = window.fetch.bind(window);
  const plainPost = createPost(fetcher);
  let net: Net | undefined;
  const post: Post = (...request) => (net?.post || plainPost)(...request);
  const emitter = createEmitter<Events>();
  const inner = createEmitter<InnerEvents>();
  const openStorage = () => {
    if (!config.stores) throw 0;
    return window.localStorage;
  };
  const consent = createConsent(openStorage);
  /** What the visitor said to being watched; nothing yet: facts wait in memory. */
  const agreed = () => (consent.get() ? consent.get()?.analytics : config.asks ? undefined : true);
  const storage = createStorage(openStorage, agreed);
  const identity = createIdentity(storage, clock);
  const who = () => identity.who(false);
  const queue = createQueue(() => (agreed() ? QUEUE_LIMITS : WAITING_LIMITS));
  // In the address: a header would need a preflight, and a beacon has none.
  const url = () =>
    `${host}/h/e${key && `?writeKey=${encodeURIComponent(key)}`}${ticket ? `&token=${ticket}` : ""}`;
  /** The visitor's token with a user's name in it, once the site has vouched for the user. */
  let ticket: string | undefined;
  let isVouching = false;
  const warned = new Set<string>();
  const scope = createScope();
  let help: Promise<Help> | undefined;
  let stopped = false;
  let hasBegun = false;

  /** Says a thing once, however often it happens. */
  function warn(message: string): void {
    const kind = message.replace(/\d+/g, "");
    if (!warned.has(kind)) console.warn(`handrail: ${message}`);
    warned.add(kind);
  }

  const remote: Remote = { ...FLUSH_AT, autocapture: true };
  const sender = createSender({
    queue,
    flushAt: remote,
    post,
    clock,
    random: Math.random,
    url,
    tabId,
    warn,
    maySend: () => !!agreed() && !isVouching,
    onFirstSend: (entries) =>
      emitter.emit("sent", {
        at: clock.mono(),
        events: entries.map(({ seq, eventType }) => ({ id: `${tabId}:${seq}`, eventType })),
      }),
    onExpired: () => !!ticket && vouch(),
    onGone: shutdown,
  });

  const record = createRecorder({
    clock,
    queue,
    tabId,
    who: identity.who,
    isUrgent: createUrgency(),
    schedule: sender.schedule,
    warn: (message) => config.debug && warn(message),
  });

  const isRepeat = createRepeatFilter();

  const track: typeof record = (eventType, data, options) => {
    if (stopped || agreed() === false || isRepeat(eventType, data, clock.mono())) return "";
    // What was lost is told when there is room again, or the telling would push out more.
    const dropped = queue.size() < 400 && queue.takeDropped();
    if (dropped) record("sdk_dropped", { count: dropped });
    return record(eventType, data, options);
  };

  const isVisible = () => document.visibilityState === "visible";

  function onExit(isLeaving: boolean): void {
    if (stopped || !agreed()) return;
    inner.emit("exit", isLeaving);
    leave(sender.takeAll());
  }

  function leave(entries: Entry[]): void {
    const beacon = (to: string, body: string) => !!navigator.sendBeacon?.(to, body);
    if (sender.isStuck() || navigator.onLine === false) {
      net?.keep(cutForBeacon(entries).map((chunk) => wrap(chunk, tabId, clock.now())));
    }
    sendAtExit(entries, { beacon, post, url: url(), tabId, now: clock.now });
  }

  function onVisibility(): void {
    track("visibility", { visible: isVisible() });
    if (isVisible()) sender.wake();
    else onExit(false);
  }

  async function startAutocapture(): Promise<void> {
    const loan: CaptureLoan = {
      ...scope,
      clock,
      track,
      remote,
      keyOf,
      load: config.load,
      isOwnRequest: (to) => to.startsWith(host) && /^\/(v1|h)\//.test(to.slice(host.length)),
      onAppSubmit: (callback) => inner.on("submit", callback),
      onExit: (callback) => inner.on("exit", callback),
    };
    const chunk = (await config.load("autocapture")) as CaptureChunk;
    if (!stopped) chunk.start(loan);
  }

  async function startHelp(): Promise<Help> {
    const chunk = (await config.load("help")) as HelpChunk;
    const { load } = config;
    const onGone = shutdown;
    return chunk.start({
      clock,
      host,
      key,
      tabId,
      remote,
      fetcher,
      post,
      who,
      load,
      warn,
      onGone,
      wake: sender.wake,
      emit: emitter.emit,
    });
  }

  function start(): void {
    scope.listen(document, "visibilitychange", onVisibility);
    scope.listen(document, "freeze", () => onExit(false));
    scope.listen(window, "pagehide", () => onExit(true));
    scope.listen(window, "online", sender.wake);
    if (config.debug)
      debug().then(
        (chunk) => chunk.show(debugPort),
        () => {},
      );
    begin();
  }

  /** Loads the parts that the visitor lets us, and stops the others. */
  function begin(): void {
    const onLoadFailed = () => warn("a part of the script could not be loaded");
    if (agreed() && !hasBegun) {
      hasBegun = true;
      startNet().catch(onLoadFailed);
      if (config.autocapture) startAutocapture().catch(onLoadFailed);
    }
    if (agreed() && consent.get()?.assistance !== false) {
      help = help || startHelp();
      help.catch(onLoadFailed);
    } else {
      withHelp((running) => running.stop());
      help = undefined;
    }
  }

  function choose(wanted: boolean | Partial<Choice>): void {
    if (stopped) return;
    const had = agreed();
    const choice = consent.set(wanted);
    if (choice.analytics) {
      storage.persist();
      record("consent", { ...choice }, { urgent: true });
    } else {
      // The refusal itself is told where something was told before, and nothing else.
      const unsent = sender.takeAll();
      if (had) {
        record("consent", { ...choice });
        leave([...unsent, ...sender.takeAll()]);
      }
      storage.forget(STORED);
      identity.reset();
    }
    begin();
    emitter.emit("consent", choice);
  }

  /** What is sent waits until the site's word about the user has been heard. Always true. */
  function vouch(user?: User): boolean {
    const hear = (given?: string) => {
      ticket = given;
      isVouching = false;
      sender.schedule(true);
    };
    ticket = undefined;
    isVouching = true;
    Promise.resolve(help)
      .then((running) => running?.vouch(user))
      .then(hear, () => hear());
    return true;
  }

  function forgetUser(): void {
    ticket = undefined;
    withHelp((running) => running.restart());
  }

  async function startNet(): Promise<void> {
    const chunk = (await config.load("net")) as NetChunk;
    const mayKeep = () => {
      if (!consent.get()?.analytics) throw 0;
      return openStorage();
    };
    if (!stopped) net = chunk.start({ ...scope, clock, post: plainPost, url, openStorage: mayKeep });
  }

  const debugPort: DebugPort = {
    host,
    key,
    post,
    on: emitter.on,
    state: () => ({
      consent: consent.get(),
      ids: api.ids(),
      waiting: queue.size(),
      isStopped: stopped,
      mayStore: !!agreed() && config.stores,
    }),
  };
  const debug = () => config.load("debug") as Promise<DebugChunk>;

  function withHelp(act: (help: Help) => void): void {
    help?.then(act, () => {});
  }

  function shutdown(): void {
    if (stopped) return;
    onExit(false);
    stopped = true;
    sender.stop();
    withHelp((running) => running.stop());
    scope.end();
  }

  const api = createApi({
    track,
    identity,
    sender,
    tabId,
    on: emitter.on,
    inner,
    withHelp,
    shutdown,
    consent,
    choose,
    vouch,
    forgetUser,
    doctor: async () => (await debug()).examine(debugPort),
  });
  return { api, start };
}
