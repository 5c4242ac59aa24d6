// SPDX-License-Identifier: Apache-2.0
import { offerThreshold } from "../../../../tokens/tokens";
import type { Decision } from "../../api/types";
import { clockTime } from "../../ui/time";
import { useNow } from "../../ui/useNow";
import { type Known, place, stretches } from "./struggleLine";
import type { Sample } from "./watchReducer";

const width = 320;
const height = 72;
const longestMs = 15 * 60_000;
const shortestMs = 60_000;

interface Props {
  samples: readonly Sample[];
  decisions: readonly Decision[];
  /** When the journey began, at struggle 0. */
  startedAt: number | undefined;
}

/** Struggle over the journey as far as it is known: at its start, at each decision, and watched live. Between, dots. */
export function StruggleLine({ samples, decisions, startedAt }: Props) {
  const now = useNow();
  const known: Known[] = [
    ...(startedAt === undefined ? [] : [{ at: startedAt, struggle: 0, watched: false }]),
    ...decisions.map(({ at, struggle }) => ({ at, struggle, watched: false })),
    ...samples.map((sample) => ({ ...sample, watched: true })),
  ].sort((a, b) => a.at - b.at);
  const to = Math.max(now, known.at(-1)?.at ?? 0);
  const from = Math.max(to - longestMs, Math.min(known[0]?.at ?? to, to - shortestMs));
  const frame = { from, to, width, height };
  const threshold = height - (offerThreshold / 100) * height;
  const offers = decisions.filter((one) => one.outcome === "offer" && one.at >= from);
  return (
    <figure className="line">
      <span className="line-threshold">offer at {offerThreshold}</span>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Struggle over time"
      >
        <line className="line-dashes" x1="0" x2={width} y1={threshold} y2={threshold} />
        <line className="line-ground" x1="0" x2={width} y1={height} y2={height} />
        {stretches(known, frame).map(({ watched, points }) => (
          <polyline
            key={points}
            className={watched ? "line-line" : "line-line line-guessed"}
            points={points}
          />
        ))}
        {offers.map((one) => {
          const { x, y } = place(one, frame);
          return <path key={one.id} className="line-offer" d={`M${x.toFixed(1)} ${y.toFixed(1)}h.01`} />;
        })}
      </svg>
      <figcaption>
        <time>{clockTime(from)}</time>
        <span>{offers.length > 0 ? "● help offered" : ""}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
