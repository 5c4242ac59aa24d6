// SPDX-License-Identifier: Apache-2.0
import type { Analysis, AnalysisSource, JourneyReading } from "../../api/types";

/** For tests: the built-in's account of somebody who is stuck on a form. */
export const sampleAnalysis: Analysis = {
  id: "a",
  at: 50,
  journeyId: "j",
  cause: "e",
  exit_risk_score: 72,
  base: 72,
  movesRisk: 0,
  modelReasons: [],
  engagement_level: "medium",
  key_insights: ["2 submits failed", "4 inputs were refused"],
  recommended_actions: ["Offer a live chat"],
  insights: [
    { code: "failed_submits", fact: "failed_submits", value: 2 },
    { code: "field_errors", fact: "field_errors", value: 4 },
  ],
  actions: ["show_live_chat_popup"],
  message: "Is the form being difficult?",
  language: "en",
  ownWords: false,
  source: {
    provider: "builtin",
    model: null,
    prompt: "1",
    latencyMs: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    cached: false,
  },
};

export const sampleSource: AnalysisSource = {
  provider: "bedrock",
  model: "nova-micro",
  prompt: "v3",
  latencyMs: 742,
  inputTokens: 812,
  outputTokens: 143,
  costUsd: 0.0000573,
  cached: true,
};

export function reading(id: string, at: number): JourneyReading {
  return {
    id,
    signalType: "ai_journey_analysis",
    severity: "high",
    exitRiskScore: 72,
    at,
    journeyId: "j",
    analysis: { ...sampleAnalysis, id, at },
  };
}
