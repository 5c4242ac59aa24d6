// SPDX-License-Identifier: MIT
import type { Cancel, Clock } from "../tools/clock";
import type { FactData, Outcome, OutcomeKind, Track } from "./facts";

/** A click waits this long for its first outcome; where there was none, the page is watched on to these marks. */
const MARKS = [150, 600, 2500] as const;
const MOST_OPEN = 50;

interface Watch {
  click: number;
  pressedAt: number;
  clickedAt: number;
  /** The click itself, until it was sent. */
  fact?: FactData;
  kind: OutcomeKind;
  reactionMs: number | null;
  hasError: boolean;
  sentKind?: OutcomeKind;
  sentError?: boolean;
  cancel?: Cancel;
}

export interface ClickWatch {
  /** The pointer went down: reactions count from here, for many pages act on the press. */
  press(at: number): void;
  /** A click happened; its number, role and so on are in `fact`. */
  click(fact: FactData & { click: number }, pressedAt: number, clickedAt: number): void;
  react(kind: OutcomeKind, at: number): void;
  fail(at: number): void;
  isWatching(): boolean;
  /** Sends the clicks that still wait, without an outcome where none is known yet. */
  finish(): void;
}

/** Says for each click whether the page reacted, first within 150 ms and, while it did not, twice later. */
export function createClickWatch(clock: Clock, track: Track): ClickWatch {
  let open: Watch[] = [];
  let pressedAt = Number.NEGATIVE_INFINITY;
  let sincePress: { kind: OutcomeKind; at: number } | undefined;

  function outcome(watch: Watch, afterMs: Outcome["afterMs"]): Outcome {
    const { kind, reactionMs, hasError } = watch;
    return { afterMs, kind, reactionMs, ...(hasError ? { error: true } : {}) };
  }

  function sendClick(watch: Watch, result?: Outcome): void {
    if (!watch.fact) return;
    track("click", result ? { ...watch.fact, outcome: result } : watch.fact, { at: watch.clickedAt });
    watch.fact = undefined;
  }

  function onMark(watch: Watch, index: number): void {
    const afterMs = MARKS[index] as Outcome["afterMs"];
    const result = outcome(watch, afterMs);
    if (watch.fact) sendClick(watch, result);
    else if (watch.sentKind === "none" || watch.hasError !== watch.sentError) {
      track("click_outcome", { click: watch.click, ...result });
    }
    watch.sentKind = watch.kind;
    watch.sentError = watch.hasError;
    awaitMark(watch, index + 1);
  }

  function awaitMark(watch: Watch, index: number): void {
    const mark = MARKS[index];
    if (mark === undefined) {
      open = open.filter((other) => other !== watch);
      return;
    }
    const wait = watch.clickedAt + mark - clock.mono();
    watch.cancel = clock.after(Math.max(0, wait), () => onMark(watch, index));
  }

  function applyReaction(watch: Watch, kind: OutcomeKind, at: number): void {
    if (watch.kind !== "none" || at < watch.pressedAt) return;
    watch.kind = kind;
    watch.reactionMs = Math.max(0, Math.round(at - watch.pressedAt));
  }

  return {
    press(at) {
      pressedAt = at;
      sincePress = undefined;
    },
    click(fact, pressed, clicked) {
      const watch: Watch = {
        click: fact.click,
        pressedAt: pressed,
        clickedAt: clicked,
        fact,
        kind: "none",
        reactionMs: null,
        hasError: false,
      };
      if (sincePress) applyReaction(watch, sincePress.kind, sincePress.at);
      open.push(watch);
      if (open.length > MOST_OPEN) {
        const oldest = open.shift() as Watch;
        oldest.cancel?.();
        sendClick(oldest);
      }
      awaitMark(watch, 0);
    },
    react(kind, at) {
      if (!sincePress && at >= pressedAt) sincePress = { kind, at };
      for (const watch of open) applyReaction(watch, kind, at);
    },
    fail(at) {
      for (const watch of open) if (at >= watch.pressedAt) watch.hasError = true;
    },
    isWatching: () => open.length > 0,
    finish() {
      for (const watch of open) {
        watch.cancel?.();
        sendClick(watch, watch.kind === "none" ? undefined : outcome(watch, 150));
      }
      open = [];
    },
  };
}
