// SPDX-License-Identifier: MIT
import type { CapturePort } from "../../domain/ports";

const YOUNG_MS = 5_000;
const EVERY_MS = 10_000;
const FAST_PX_PER_MS = 0.5;
const SAMPLE_MS = 100;

/** Reports a pointer that leaves fast through the top, where the tabs and the close button are. */
export function watchExitIntent({ clock, listen, track }: CapturePort): void {
  let last = Number.NEGATIVE_INFINITY;
  let older = { y: 0, at: 0 };
  let newer = { y: 0, at: 0 };

  function onMove(event: PointerEvent): void {
    const at = clock.mono();
    if (at - newer.at < SAMPLE_MS / 2) return;
    older = newer;
    newer = { y: event.clientY, at };
  }

  function onOut(event: MouseEvent): void {
    const now = clock.mono();
    if (event.relatedTarget || event.clientY > 0 || now < YOUNG_MS || now - last < EVERY_MS) return;
    const isFresh = now - newer.at < SAMPLE_MS * 3;
    const from = now - newer.at < SAMPLE_MS / 4 ? older : newer;
    const speed = (from.y - event.clientY) / Math.max(1, now - from.at);
    if (!isFresh || speed <= FAST_PX_PER_MS) return;
    last = now;
    track("exit_intent", { kind: "top" });
  }

  listen(document, "pointermove", onMove);
  listen(document, "mouseout", onOut);
}
