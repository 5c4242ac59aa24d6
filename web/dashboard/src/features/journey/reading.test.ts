// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from "vitest";
import { newestReading, readingWords, scoreWords, sentences, sourceWords } from "./reading";
import { reading, sampleAnalysis, sampleSource } from "./sampleReading";
import { shortStory, timeline } from "./timeline";

describe("a reading in words", () => {
  test("the built-in's is the risk there was, and cost nothing", () => {
    expect(scoreWords(sampleAnalysis)).toBe("72, the risk as it stood");
    expect(sourceWords(sampleAnalysis.source)).toBe("the built-in analyst, tables 1");
    expect(readingWords(sampleAnalysis)).toBe("read by the built-in analyst as risk 72: 2 submits failed");
  });

  test("a provider's says how far it moved the risk, and what it took", () => {
    const told = { ...sampleAnalysis, exit_risk_score: 90, movesRisk: 15, source: sampleSource };
    expect(scoreWords(told)).toBe("90 where the risk stood at 72: moved by +15 for a minute");
    expect(scoreWords({ ...told, movesRisk: -4 })).toContain("moved by −4");
    expect(scoreWords({ ...told, movesRisk: 0 })).toBe("90, which moved nothing");
    expect(sourceWords(sampleSource)).toBe(
      "bedrock nova-micro · prompt v3 · told from an earlier answer · 0.7 s · 812 tokens in, 143 out · $0.000057",
    );
  });

  test("a sentence stands beside its fact; one that is missing is told by its code", () => {
    expect(sentences(sampleAnalysis.insights, ["2 submits failed"])).toEqual([
      { words: "2 submits failed", evidence: "failed_submits = 2" },
      { words: "field errors", evidence: "field_errors = 4" },
    ]);
  });
});

test("readings come among signals and have neither name nor grade", () => {
  const signals = [reading("r1", 50), reading("r2", 60)];
  expect(newestReading(signals)?.id).toBe("r2");
  expect(newestReading([])).toBeUndefined();
  const items = timeline({ events: [], signals, decisions: [], interventions: [] }, []);
  expect(items.map(({ key, code }) => [key, code])).toEqual([
    ["reading-r1", "ai_journey_analysis"],
    ["reading-r2", "ai_journey_analysis"],
  ]);
  expect(shortStory(items)).toEqual([]);
});
