// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { emptyTrainForm, labelsFault, trainingOrderOf, trialsFault } from "./trainForm";

test("a form as it opens is fit to be sent", () => {
  expect(trainingOrderOf(emptyTrainForm)).toEqual({ labelsMin: 100, trials: 8 });
});

test("properties are told apart by commas or spaces", () => {
  const form = {
    ...emptyTrainForm,
    name: " own ",
    numbers: "loan.amount, loan.months  x",
    categories: " plan,",
  };
  expect(trainingOrderOf(form)).toEqual({
    name: "own",
    labelsMin: 100,
    trials: 8,
    numbers: ["loan.amount", "loan.months", "x"],
    categories: ["plan"],
  });
});

test("what the server would refuse is said before", () => {
  expect(labelsFault({ ...emptyTrainForm, labelsMin: "0" })).toBe("A whole number from 1 to 1,000,000.");
  expect(trialsFault({ ...emptyTrainForm, trials: "101" })).toBe("A whole number from 1 to 100.");
  expect(trainingOrderOf({ ...emptyTrainForm, trials: "many" })).toBeUndefined();
});
