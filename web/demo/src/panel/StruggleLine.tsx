// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { offerThreshold } from "../../../tokens/tokens";
import { linePoints } from "./line";
import { lineWindowMs, type Sample } from "./reducer";

const width = 360;
const height = 72;
const tickMs = 500;

/** The last two minutes. The threshold is named outside the drawing, which stretches with the panel. */
export function StruggleLine({
  samples,
  clockAheadMs,
}: {
  samples: readonly Sample[];
  clockAheadMs: number;
}) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  const newest = samples.at(-1)?.at ?? 0;
  const points = linePoints(samples, {
    width,
    height,
    now: Math.max(now + clockAheadMs, newest),
    windowMs: lineWindowMs,
  });
  const threshold = height - (offerThreshold / 100) * height;
  return (
    <figure className="line">
      <span className="line-threshold">offer at {offerThreshold}</span>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Struggle over the last two minutes"
      >
        <line className="line-dashes" x1="0" x2={width} y1={threshold} y2={threshold} />
        <polygon className="line-area" points={`0,${height} ${points} ${width},${height}`} />
        <polyline className="line-line" points={points} />
      </svg>
      <figcaption>
        <span>2 min ago</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
