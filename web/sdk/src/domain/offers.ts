// SPDX-License-Identifier: MIT
import type { Cancel, Clock } from "../tools/clock";
import { type MomentDeps, type Obstacle, waitForMoment } from "./moment";
import type { Offer, OfferAnswer } from "./offer";

/** An unfocused tab leaves the focused one this long to show the offer first. */
const COURTESY_MS = 300;
/** A hidden tab gives up after the visible ones, whose reason is the truer one. */
const HIDDEN_COURTESY_MS = 2_000;

export interface OfferEvents {
  offer: { interventionId: string; at: number };
  displayed: { interventionId: string; waitedMs: number; at: number };
  accepted: { interventionId: string };
  dismissed: { interventionId: string; forever?: boolean };
  snoozed: { interventionId: string };
  withheld: { interventionId: string; reason: Obstacle };
  retracted: { interventionId: string };
}

export interface OffersDeps extends MomentDeps {
  clock: Clock;
  tab: string;
  hasFocus(): boolean;
  /** The server's wall clock. */
  serverNow(): number;
  report(id: string, answer: OfferAnswer | "displayed" | "withheld", body: object): void;
  /** Makes sure that no other tab shows it too; the result gives it back. */
  claim(id: string): Promise<(() => void) | undefined>;
  /** Puts the offer on the page; false when that was not possible. */
  show(offer: Offer, onAnswer: (answer: OfferAnswer, body: object) => void): Promise<boolean>;
  say(message: { say: "shown"; id: string; tab: string } | { say: "over"; id: string }): void;
  emit<K extends keyof OfferEvents>(name: K, payload: OfferEvents[K]): void;
}

export interface Offers {
  receive(offer: Offer): void;
  retract(id: string): void;
  shownElsewhere(id: string, tab: string): void;
  /** It was answered or given up in another tab. */
  over(id: string): void;
  tabGone(tab: string): void;
  stop(): void;
}

/** Carries at most one live offer from its arrival to its answer, in one tab only. */
export function createOffers(deps: OffersDeps): Offers {
  const { clock } = deps;
  const finished = new Set<string>();
  const elsewhere = new Map<string, string>();
  /** `offer`: as it was told last, which is how it will be shown. */
  let live: { id: string; offer: Offer; isShown: boolean; cancel?: Cancel; release?: () => void } | undefined;

  function finish(id: string): void {
    finished.add(id);
    if (live?.id !== id) return;
    drop();
  }

  function drop(): void {
    live?.cancel?.();
    live?.release?.();
    live = undefined;
  }

  function onAnswer(id: string, answer: OfferAnswer, body: object): void {
    if (finished.has(id)) return;
    finish(id);
    deps.report(id, answer, body);
    deps.say({ say: "over", id });
    deps.emit(answer, { interventionId: id, ...body });
  }

  async function show(id: string, waitedMs: number): Promise<void> {
    if (live?.id !== id || live.isShown) return;
    live.isShown = true;
    const release = await deps.claim(id);
    if (live?.id !== id) return release?.();
    if (!release) return drop();
    live.release = release;
    deps.say({ say: "shown", id, tab: deps.tab });
    if (!(await deps.show(live.offer, (answer, body) => onAnswer(id, answer, body)))) return;
    deps.report(id, "displayed", { waitedMs });
    deps.emit("displayed", { interventionId: id, waitedMs, at: clock.mono() });
  }

  function onReady(id: string, waitedMs: number): void {
    if (deps.hasFocus()) {
      void show(id, waitedMs);
    } else if (live) {
      live.cancel = clock.after(COURTESY_MS, () => void show(id, waitedMs + COURTESY_MS));
    }
  }

  function withhold(id: string, reason: Obstacle): void {
    finish(id);
    deps.report(id, "withheld", { reason });
    deps.say({ say: "over", id });
    deps.emit("withheld", { interventionId: id, reason });
  }

  function onGiveUp(offer: Offer, reason: Obstacle): void {
    const id = offer.interventionId;
    // Somebody has seen this one already, so it cannot be withheld any more.
    if (offer.state === "displayed") finish(id);
    else if (reason !== "hidden") withhold(id, reason);
    else if (live) live.cancel = clock.after(HIDDEN_COURTESY_MS, () => withhold(id, reason));
  }

  return {
    receive(offer) {
      const id = offer.interventionId;
      if (finished.has(id) || elsewhere.has(id)) return;
      // Told anew: in better words, perhaps. What the visitor sees already stays as it is.
      if (live?.id === id) {
        live.offer = offer;
        return;
      }
      if (live?.isShown) return;
      live?.cancel?.();
      live = { id, offer, isShown: false };
      deps.emit("offer", { interventionId: id, at: clock.mono() });
      const cancel = waitForMoment(deps, {
        isAgeKnown: offer.state === "displayed",
        lifeMs: offer.expiresAt - deps.serverNow(),
        onReady: (waitedMs) => onReady(id, waitedMs),
        onGiveUp: (reason) => onGiveUp(offer, reason),
        onExpired: () => finish(id),
      });
      if (live && !live.cancel) live.cancel = cancel;
    },
    retract(id) {
      if (live?.id !== id || live.isShown) return;
      finish(id);
      deps.emit("retracted", { interventionId: id });
    },
    shownElsewhere(id, tab) {
      elsewhere.set(id, tab);
      if (live?.id === id && !live.isShown) drop();
    },
    over: finish,
    tabGone(tab) {
      elsewhere.forEach((owner, id) => owner === tab && elsewhere.delete(id));
    },
    stop: drop,
  };
}
