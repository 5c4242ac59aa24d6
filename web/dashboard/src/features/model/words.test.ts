// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import type { Model, ModelHealth, ModelStage } from "../../api/modelTypes";
import { count, counted, decimal, delay, percent, rough, size } from "./numbers";
import { mayManage } from "./roles";
import {
  authorWords,
  comingWords,
  coverageOf,
  coverageWords,
  decidesWords,
  effectWords,
  featureWords,
  inOrder,
  judgedWords,
  nextStages,
  offersWords,
  psiState,
  stageName,
  whoMakesRoom,
} from "./words";

function model(version: number, stage: ModelStage, share?: number): Model {
  const about = {
    name: "exit risk",
    hash: "ab",
    bytes: 1,
    trainedAt: 0,
    registeredAt: 0,
    author: "k1 Maya",
    since: null,
  };
  return { ...about, version, stage, ...(share !== undefined && { percent: share }) };
}

function health(known: number, waitedFor: number, judged = known): ModelHealth {
  return {
    scored: 0,
    labels: { known, waitedFor, delaySeconds: 0, judged },
    auc: null,
    calibrationError: null,
    logLoss: null,
    baseRate: null,
    scoreStabilityIndex: null,
    drifting: [],
    alarms: [],
  };
}

test("figures that are not defined are a dash", () => {
  expect([count(null), decimal(undefined), percent(Number.NaN), rough(null)]).toEqual(["–", "–", "–", "–"]);
  expect(percent(0.7622)).toBe("76.2 %");
  expect(decimal(-0.0001)).toBe("0.000");
  expect(decimal(-0.2817)).toBe("-0.282");
  expect(rough(2)).toBe("2");
  expect(rough(2.24)).toBe("2.2");
  expect(counted(1, "journey")).toBe("1 journey");
  expect(counted(1204, "journey")).toBe("1,204 journeys");
});

test("delays and sizes are as rough as they should be", () => {
  expect([40, 2_040, 5_400, 200_000].map(delay)).toEqual(["40 s", "34 min", "1.5 h", "2.3 days"]);
  expect([41_688, 2_000_000].map(size)).toEqual(["41 KiB", "1.9 MiB"]);
});

test("the live one is on top, then its challengers, the newest first", () => {
  const all = [
    model(5, "retired"),
    model(4, "candidate"),
    model(3, "shadow"),
    model(2, "canary"),
    model(1, "live"),
  ];
  expect(inOrder([...all, model(6, "candidate")]).map((one) => one.version)).toEqual([1, 2, 3, 6, 4, 5]);
});

test("who decides is a sentence", () => {
  expect(decidesWords([])).toBe("Struggle alone decides: no model is live.");
  expect(decidesWords([model(3, "shadow")])).toContain("Struggle alone");
  expect(decidesWords([model(3, "live")])).toBe("Struggle and version 3 decide.");
  expect(decidesWords([model(4, "canary", 10), model(3, "live")])).toBe(
    "Struggle and version 3 decide; version 4 for 10 % of visitors.",
  );
  expect(decidesWords([model(4, "canary", 10)])).toContain("but for 10 % of visitors");
});

test("one live model and one canary make room for the next", () => {
  const items = [model(3, "live"), model(2, "canary", 5), model(1, "shadow")];
  expect(whoMakesRoom(items, 1, "live")?.version).toBe(3);
  expect(whoMakesRoom(items, 1, "canary")?.version).toBe(2);
  expect(whoMakesRoom(items, 3, "live")).toBeUndefined();
  expect(whoMakesRoom(items, 2, "shadow")).toBeUndefined();
});

test("every stage leads somewhere, and none to itself but the canary, whose share may change", () => {
  for (const stage of ["candidate", "shadow", "canary", "live", "retired"] as const) {
    expect(nextStages(stage).length).toBeGreaterThan(0);
    expect(nextStages(stage).includes(stage)).toBe(stage === "canary");
  }
  expect(stageName(model(1, "canary", 10))).toBe("canary, 10 %");
});

test("a change tells when it takes effect", () => {
  expect(effectWords(12_000, 10_001)).toBe("takes effect in 2 s");
  expect(effectWords(10_000, 10_001)).toBe("takes effect now");
  expect(effectWords(7_210_000, 10_000)).toBe("takes effect in 2 h");
  const move = { version: 1, stage: "live", effectiveAt: 3_000, author: "", note: "" } as const;
  expect(comingWords(move, 2_500)).toBe("live takes effect in 1 s");
});

test("labels: how many are known, how many are waited for, and what that is enough for", () => {
  expect(coverageOf(health(0, 0))).toBeUndefined();
  expect(coverageOf(health(3, 1))).toBe(0.75);
  expect(coverageWords(health(3, 1))).toBe(
    "Of 4 scored journeys 3 ended so that the outcome is known: 75 %.",
  );
  const helped = health(3, 1);
  helped.labels.unlabelled = 2;
  expect(coverageOf(helped)).toBe(0.5);
  expect(coverageWords(health(0, 0))).toContain("No journey was scored");
  expect(judgedWords(health(812, 3))).toBe("Live figures rest on the newest 812.");
  expect(judgedWords(health(12, 3))).toBe("Live figures need 300 journeys with an outcome; 12 are there.");
});

test("drift is told by the bounds of the server's watch", () => {
  expect([0.09, 0.1, 0.11, 0.25, 0.26].map(psiState)).toEqual(["ok", "ok", "watch", "watch", "alarm"]);
  expect(featureWords("count:exit_intent")).toBe("how many exit intent events");
  expect(featureWords("since:goal")).toBe("time since the last goal");
  expect(featureWords("gap_last")).toBe("gap last");
});

test("an author is a person, not an id", () => {
  expect(authorWords("k7f3 Maya of the bank")).toBe("Maya of the bank");
  expect(authorWords("open site")).toBe("open server");
  expect(authorWords("engine")).toBe("engine");
});

test("what a map comes to is told in journeys a day", () => {
  expect(offersWords({ share: 0.055, journeysADay: 40, offersADay: 2.2 }, 75)).toBe(
    "Its score would reach 75 in 5.5 % of journeys: 2.2 of 40 journeys a day, by the validation.",
  );
  expect(offersWords({ share: null, journeysADay: 40, offersADay: null }, 75)).toContain("not known");
});

test("who may change models", () => {
  expect(["owner", "admin", "agent", "reader", undefined].map(mayManage)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
