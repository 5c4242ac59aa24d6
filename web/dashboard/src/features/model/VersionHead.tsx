// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Model, ModelStage } from "../../api/modelTypes";
import { useNow } from "../../ui/useNow";
import { MoveDialog } from "./MoveDialog";
import { Refusal } from "./Notice";
import { dateTime } from "./numbers";
import { StageTag } from "./StageTag";
import { useScope } from "./scope";
import { actName, comingWords, nextStages, stageWords, whoMakesRoom } from "./words";

interface Props {
  model: Model;
  items: readonly Model[];
}

/** Which version the rest of the page is about, where it stands, and where it may go. */
export function VersionHead({ model, items }: Props) {
  const { manages } = useScope();
  const now = useNow();
  const [asked, setAsked] = useState<ModelStage>();
  return (
    <header className="version-head">
      <div>
        <h2>
          Version {model.version} · {model.name} <StageTag model={model} />
        </h2>
        <p className="mute">
          {stageWords(model)}
          {model.since !== null && `, since ${dateTime(model.since)}`}
          {model.coming && (
            <span className="coming" role="status">
              {comingWords(model.coming, now)}
            </span>
          )}
        </p>
      </div>
      {manages && (
        <div className="model-acts">
          {nextStages(model.stage).map((stage) => (
            <Button key={stage} variant="default" size="xs" onClick={() => setAsked(stage)}>
              {actName(stage, model.stage)}
            </Button>
          ))}
        </div>
      )}
      {model.fault && <Refusal title="It cannot be asked" words={model.fault} />}
      {asked && (
        <MoveDialog
          model={model}
          stage={asked}
          makesRoom={whoMakesRoom(items, model.version, asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </header>
  );
}
