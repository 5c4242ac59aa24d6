// SPDX-License-Identifier: Apache-2.0
import type { Analysis, Attributes, Folded, Journey, Score } from "../../api/types";
import { newestReading } from "./reading";

export interface Sample {
  at: number;
  struggle: number;
}

export interface WatchState {
  live: boolean;
  /** How often the stream began; from the second time on there was a gap before it. */
  beginnings: number;
  /** Until when what is shown is known to be true. */
  knownAt: number | undefined;
  score: Score | undefined;
  journey: Journey | undefined;
  /** The newest reading of the journey. */
  analysis: Analysis | undefined;
  highestRisk: number;
  samples: Sample[];
  folded: Folded[];
}

export type WatchAction =
  | { type: "live"; live: boolean; now: number }
  | { type: "attributes"; attributes: Attributes }
  | { type: "struggle"; score: Score }
  | { type: "folded"; folded: Folded };

const sampleLimit = 1_200;
const foldedLimit = 500;

export const unwatched: WatchState = {
  live: false,
  beginnings: 0,
  knownAt: undefined,
  score: undefined,
  journey: undefined,
  analysis: undefined,
  highestRisk: 0,
  samples: [],
  folded: [],
};

function withScore(state: WatchState, score: Score): WatchState {
  return {
    ...state,
    score,
    highestRisk: Math.max(state.highestRisk, score.risk),
    samples: [...state.samples, { at: score.at, struggle: score.struggle }].slice(-sampleLimit),
  };
}

export function reduceWatch(state: WatchState, action: WatchAction): WatchState {
  switch (action.type) {
    case "live":
      // The moment of the loss is kept, however often the browser tries again.
      if (!action.live && !state.live) return state;
      return { ...state, live: action.live, knownAt: action.live ? undefined : action.now };
    case "attributes": {
      const { attributes } = action;
      const highestRisk = Math.max(state.highestRisk, attributes.journey?.highestRisk ?? 0);
      return {
        ...withScore({ ...state, highestRisk }, attributes),
        journey: attributes.journey,
        analysis: attributes.analysis ?? undefined,
        beginnings: state.beginnings + 1,
      };
    }
    case "struggle":
      return withScore(state, action.score);
    case "folded":
      if (
        state.folded.some((known) => known.offset === action.folded.offset && known.at === action.folded.at)
      )
        return state;
      return {
        ...withScore(state, action.folded),
        analysis: newestReading(action.folded.signals) ?? state.analysis,
        folded: [...state.folded, action.folded].slice(-foldedLimit),
      };
  }
}
