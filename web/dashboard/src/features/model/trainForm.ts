// SPDX-License-Identifier: Apache-2.0
import type { TrainingOrder } from "../../api/modelTypes";

/** What stands in the dialog that begins training, as it was typed. */
export interface TrainForm {
  name: string;
  labelsMin: string;
  trials: string;
  numbers: string;
  categories: string;
}

export const emptyTrainForm: TrainForm = {
  name: "",
  labelsMin: "100",
  trials: "8",
  numbers: "",
  categories: "",
};

function wholeFault(text: string, most: number): string | undefined {
  const value = Number(text);
  const isGood = /^\d+$/.test(text.trim()) && value >= 1 && value <= most;
  return isGood ? undefined : `A whole number from 1 to ${most.toLocaleString("en")}.`;
}

export const labelsFault = (form: TrainForm) => wholeFault(form.labelsMin, 1_000_000);
export const trialsFault = (form: TrainForm) => wholeFault(form.trials, 100);

/** "loan.amount, loan.months" as two. */
function pathsIn(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((path) => path.trim())
    .filter(Boolean);
}

/** The order to send; nothing while the form is not fit to be sent. */
export function trainingOrderOf(form: TrainForm): TrainingOrder | undefined {
  if (labelsFault(form) || trialsFault(form)) return undefined;
  const name = form.name.trim();
  const numbers = pathsIn(form.numbers);
  const categories = pathsIn(form.categories);
  return {
    ...(name && { name }),
    labelsMin: Number(form.labelsMin),
    trials: Number(form.trials),
    ...(numbers.length > 0 && { numbers }),
    ...(categories.length > 0 && { categories }),
  };
}
