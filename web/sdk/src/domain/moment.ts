// SPDX-License-Identifier: MIT
import type { Cancel, Clock } from "../tools/clock";

/** What can stand in the way of an offer; the words of the contract. */
export type Obstacle = "hidden" | "paused" | "dialog_open" | "payment_frame" | "typing" | "page_young";

/** The page as it is now. */
export interface PageState {
  ageMs: number;
  /** Since the last key press in any field; infinite when there was none. */
  sinceKeyMs: number;
  isDialogOpen: boolean;
  isFrameFocused: boolean;
  isVisible: boolean;
}

export const MOMENT = { youngMs: 8_000, typingMs: 1_500, longestMs: 30_000, recheckMs: 250 };

/** The obstacle to report, and how long it lasts at least. */
export function findObstacle(
  page: PageState,
  isPaused: boolean,
  isAgeKnown: boolean,
): { reason: Obstacle; ms: number } | undefined {
  const recheck = MOMENT.recheckMs;
  if (!page.isVisible) return { reason: "hidden", ms: recheck };
  if (isPaused) return { reason: "paused", ms: recheck };
  if (page.isDialogOpen) return { reason: "dialog_open", ms: recheck };
  if (page.isFrameFocused) return { reason: "payment_frame", ms: recheck };
  const typing = MOMENT.typingMs - page.sinceKeyMs;
  if (typing > 0) return { reason: "typing", ms: typing };
  const young = MOMENT.youngMs - page.ageMs;
  return young > 0 && !isAgeKnown ? { reason: "page_young", ms: young } : undefined;
}

export interface MomentDeps {
  clock: Clock;
  page(): PageState;
  isPaused(): boolean;
}

export interface Wait {
  /** A page that was seen with this offer before has aged enough. */
  isAgeKnown: boolean;
  /** Ms until the offer is void, by this page's clock. */
  lifeMs: number;
  onReady(waitedMs: number): void;
  onGiveUp(reason: Obstacle): void;
  onExpired(): void;
}

/** Waits for the moment at which an offer disturbs nobody. Every wait ends in exactly one of its callbacks. */
export function waitForMoment(deps: MomentDeps, wait: Wait): Cancel {
  const { clock } = deps;
  const start = clock.mono();
  let cancel: Cancel | undefined;

  function check(): void {
    const waited = clock.mono() - start;
    if (waited >= wait.lifeMs) {
      wait.onExpired();
      return;
    }
    const obstacle = findObstacle(deps.page(), deps.isPaused(), wait.isAgeKnown);
    if (!obstacle) {
      wait.onReady(Math.round(waited));
    } else if (waited >= MOMENT.longestMs) {
      wait.onGiveUp(obstacle.reason);
    } else {
      const left = Math.min(MOMENT.longestMs, wait.lifeMs) - waited;
      cancel = clock.after(Math.max(1, Math.min(obstacle.ms, left)), check);
    }
  }

  check();
  return () => cancel?.();
}
