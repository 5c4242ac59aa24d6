// SPDX-License-Identifier: Apache-2.0
import type { Model } from "../../api/modelTypes";
import { stageName, stageWords } from "./words";

export function StageTag({ model }: { model: Pick<Model, "stage" | "percent"> }) {
  const isHeard = model.stage === "live" || model.stage === "canary";
  return (
    <span className={isHeard ? "tag-help" : "tag-plain"} title={stageWords(model)}>
      {stageName(model)}
    </span>
  );
}
