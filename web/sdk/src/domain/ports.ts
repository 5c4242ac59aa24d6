// SPDX-License-Identifier: MIT
import type { Clock } from "../tools/clock";
import type { Off } from "../tools/emitter";
import type { Track, Who } from "./facts";
import type { ChatMessage, Offer, OfferAnswer } from "./offer";
import type { OfferEvents } from "./offers";

/** Hangs listeners into the page; all of them are taken out when the SDK shuts down. */
export interface ListenScope {
  listen<E extends Event = Event>(
    target: EventTarget,
    types: string,
    handler: (event: E) => void,
    options?: AddEventListenerOptions,
  ): void;
  add(off: Off): void;
}

/** The same with patches. */
export interface PageScope extends ListenScope {
  patch<T extends object, K extends keyof T>(
    owner: T,
    name: K,
    wrap: (original: T[K], isOn: () => boolean) => T[K],
  ): void;
}

/** How the server wants the page to work: changed when it says so. */
export interface Remote {
  autocapture: boolean;
  events: number;
  bytes: number;
  ms: number;
}

/** What the core lends to the autocapture chunk. */
export interface CaptureLoan extends ListenScope {
  clock: Clock;
  track: Track;
  remote: Remote;
  load(chunk: string): Promise<unknown>;
  keyOf(element: Element): string;
  /** Requests of our own say nothing about the page. */
  isOwnRequest(url: string): boolean;
  /** The application reported a submit of this form itself. */
  onAppSubmit(callback: (formKey: string) => void): void;
  /** The page is hidden, or about to go: report what is still waiting. */
  onExit(callback: (isLeaving: boolean) => void): void;
}

/** The same, with what the chunk brings along. */
export interface CapturePort extends CaptureLoan, PageScope {
  /** The page navigated within itself. */
  onNavigation(callback: () => void): void;
}

/** What the part that watches fields and forms needs to hear of the page's requests. */
export interface FormsWatch {
  requestStarted(id: number): void;
  /** Status 0: no answer. `undefined`: given up by the page itself. */
  requestEnded(id: number, status: number | undefined): void;
}

export interface FormsChunk {
  start(port: CapturePort): FormsWatch;
}

export interface CaptureChunk {
  start(port: CaptureLoan): void;
}

export interface Reply {
  /** 0 when there was no answer. */
  status: number;
  retryAfter: string | null;
  text: string;
}

export interface HelpEvents extends OfferEvents {
  chat: ChatMessage;
}

/** What the core lends to the chunk that packs what is sent, and keeps what could not be. */
export interface NetPort extends ListenScope {
  clock: Clock;
  post(url: string, body: string | Blob, keepalive?: boolean): Promise<Reply>;
  url(): string;
  /** Throws where nothing may be stored. */
  openStorage(): Storage;
}

export interface Net {
  post: NetPort["post"];
  /** Keeps bodies of POST /h/e for a page that comes later, where they may be stored. */
  keep(bodies: string[]): void;
}

export interface NetChunk {
  start(port: NetPort): Net;
}

/** What the core lends to the chunk that shows what the SDK does. */
export interface DebugPort {
  host: string;
  key: string;
  post: NetPort["post"];
  on(name: "sent", callback: (payload: { events: { eventType: string }[] }) => void): Off;
  state(): DebugState;
}

export interface DebugState {
  consent: unknown;
  ids: { anonymousId: string; sessionId: string; tabId: string };
  waiting: number;
  isStopped: boolean;
  mayStore: boolean;
}

/** What `doctor` found, with what to do about it. */
export interface DoctorReport extends DebugState {
  server: string;
  reached: boolean;
  accepted: boolean;
  blockedBy: string[];
  hints: string[];
}

export interface DebugChunk {
  show(port: DebugPort): void;
  examine(port: DebugPort): Promise<DoctorReport>;
}

/** What the core lends to the chunk that listens for help and finds its moment. */
export interface HelpPort {
  clock: Clock;
  host: string;
  /** The page's write key; empty where the site asks for none. */
  key: string;
  tabId: string;
  remote: Remote;
  warn(message: string): void;
  /** The site has stopped its pages: shut down. */
  onGone(): void;
  /** The server is heard: what got no answer is sent again at once. */
  wake(): void;
  /** The page's fetch from before anybody patched it. */
  fetcher: typeof fetch;
  post(url: string, body: string | Blob, keepalive?: boolean): Promise<Reply>;
  who(): Who;
  emit<K extends keyof HelpEvents>(name: K, payload: HelpEvents[K]): void;
  load(chunk: string): Promise<unknown>;
}

/** A JWT of the site's own server about the user, or what gets a fresh one. */
export type UserToken = string | (() => string | Promise<string>);

export interface User {
  id: string;
  token: UserToken;
}

export interface Help {
  /**
   * The site vouches for the user, where none is given for the one that is known: gives the visitor's token that names
   * them, or nothing where it is refused.
   */
  vouch(user?: User): Promise<string | undefined>;
  pauseOffers(paused: boolean): void;
  /** The visitor became another, of whom no user is known: listen for that one. */
  restart(): void;
  useUi(act: (ui: Ui) => unknown): Promise<boolean>;
  stop(): void;
}

export interface HelpChunk {
  start(port: HelpPort): Help;
}

/** What the core lends to the chunk that draws the offer and the chat. */
export interface UiPort {
  clock: Clock;
  who(): Who;
  post(path: string, body: object, maxTries?: number): Promise<Reply>;
}

export interface Ui {
  /** False when it is not shown, because the visitor has help already. */
  showOffer(offer: Offer, onAnswer: (answer: OfferAnswer, body: object) => void): boolean;
  hideOffer(interventionId: string): void;
  onChat(message: ChatMessage): void;
  openChat(): void;
  sendChat(text: string): void;
  closeChat(): void;
  stop(): void;
}

export interface UiChunk {
  start(port: UiPort): Ui;
}

/** The element that holds everything we draw. */
export const UI_HOST = "handrail-help";
