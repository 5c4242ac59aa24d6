// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { loadedHandrail } from "../handrail";
import type { Decision } from "./contract";
import { createLatency } from "./latency";

const scriptRetryMs = 250;

export function useLatency(decision: Decision | undefined): number | undefined {
  const [tracker] = useState(createLatency);
  const [latency, setLatency] = useState<number>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stops: ((() => void) | undefined)[] = [];

    function listen() {
      const handrail = loadedHandrail();
      if (!handrail) {
        timer = setTimeout(listen, scriptRetryMs);
        return;
      }
      stops.push(
        handrail.on("sent", tracker.sent),
        handrail.on("offer", (offer) => {
          tracker.offered(offer);
          setLatency(tracker.read());
        }),
      );
    }

    listen();
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop?.();
    };
  }, [tracker]);

  useEffect(() => {
    if (!decision) return;
    tracker.decided(decision);
    setLatency(tracker.read());
  }, [tracker, decision]);

  return latency;
}
