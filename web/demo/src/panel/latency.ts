// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { loadedHandrail } from "../handrail";

/** An offer that comes later than this after the last flush was caused by something else: a timer, or a reload. */
const causeWithinMs = 5_000;

/**
 * The time from the SDK's sending of the flush that caused an offer to the offer's arrival on this page, in
 * milliseconds: one clock, two readings, with network, disk and decision between them.
 */
export function useLatency(): number | undefined {
  const [latency, setLatency] = useState<number>();
  useEffect(() => {
    let sentAt: number | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stops: ((() => void) | undefined)[] = [];

    function listen() {
      const handrail = loadedHandrail();
      if (!handrail) {
        timer = setTimeout(listen, 250);
        return;
      }
      stops.push(
        handrail.on("sent", (detail) => {
          sentAt = detail.sentAt;
        }),
        handrail.on("offer", () => {
          const waited = sentAt === undefined ? Number.POSITIVE_INFINITY : performance.now() - sentAt;
          if (waited < causeWithinMs) setLatency(waited);
        }),
      );
    }

    listen();
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop?.();
    };
  }, []);
  return latency;
}
