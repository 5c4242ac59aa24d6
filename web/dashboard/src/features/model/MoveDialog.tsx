// SPDX-License-Identifier: Apache-2.0
import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { type Dispatch, type SubmitEvent, useReducer } from "react";
import { RequestFailed } from "../../api/http";
import { useMoveModel, usePolicy } from "../../api/models";
import type { Model, ModelStage, Moved } from "../../api/modelTypes";
import { useNow } from "../../ui/useNow";
import { MapWords } from "./MapWords";
import {
  emptyForm,
  type FormAct,
  type MoveForm,
  noteFault,
  orderOf,
  percentFault,
  reduceForm,
} from "./moveForm";
import { Refusal } from "./Notice";
import { useScope } from "./scope";
import { actName, comingWords, offersWords, stageWords } from "./words";

const longestNote = 500;

function Done({ moved, bar, onClose }: { moved: Moved; bar: number; onClose(): void }) {
  const now = useNow();
  return (
    <>
      <div className="notice notice-good" role="status">
        <p className="state-note-title">
          Version {moved.move.version}: {comingWords(moved.move, now)}.
        </p>
        {moved.offers && <p>{offersWords(moved.offers, bar)}</p>}
      </div>
      <div className="dialog-acts">
        <Button onClick={onClose} data-autofocus>
          Close
        </Button>
      </div>
    </>
  );
}

function OverBudget({ form, dispatch }: { form: MoveForm; dispatch: Dispatch<FormAct> }) {
  if (!form.refusedBudget) return null;
  return (
    <Refusal title="It would break the offer budget" words={form.refusedBudget}>
      <label className="check">
        <input
          type="checkbox"
          checked={form.evenSo}
          onChange={(event) => dispatch({ type: "evenSo", on: event.currentTarget.checked })}
        />
        Even so: I know that more visitors will be interrupted.
      </label>
    </Refusal>
  );
}

function Fields({ form, dispatch }: { form: MoveForm; dispatch: Dispatch<FormAct> }) {
  return (
    <>
      {form.stage === "canary" && (
        <TextInput
          label="Share of visitors, in %"
          inputMode="numeric"
          value={form.percent}
          error={percentFault(form)}
          onChange={(event) => dispatch({ type: "percent", text: event.currentTarget.value })}
        />
      )}
      <OverBudget form={form} dispatch={dispatch} />
      <Textarea
        label={form.evenSo && form.refusedBudget ? "Note" : "Note (optional)"}
        description="Kept in the history, with who and when."
        maxLength={longestNote}
        value={form.note}
        error={noteFault(form)}
        onChange={(event) => dispatch({ type: "note", text: event.currentTarget.value })}
      />
      {form.failed && <Refusal title="The server did not do it" words={form.failed} />}
    </>
  );
}

interface Props {
  model: Model;
  stage: ModelStage;
  /** Who gives way, where somebody must. */
  makesRoom: Model | undefined;
  onClose(): void;
}

/** Asks before a version changes its stage, and tells what the server answered. Nothing is shown as done before. */
export function MoveDialog({ model, stage, makesRoom, onClose }: Props) {
  const { site } = useScope();
  const [form, dispatch] = useReducer(reduceForm, stage, emptyForm);
  const { data: policy } = usePolicy(site);
  const move = useMoveModel(site, model.version);
  const order = orderOf(form);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (!order || move.isPending) return;
    dispatch({ type: "sent" });
    move.mutate(order, {
      onSuccess: (moved) => dispatch({ type: "moved", moved }),
      onError: (error) => {
        const code = error instanceof RequestFailed ? error.code : "";
        dispatch({ type: "refused", code, words: error.message });
      },
    });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`${actName(stage, model.stage)}: version ${model.version}`}
      centered
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {form.moved ? (
        <Done moved={form.moved} bar={policy?.qualify_risk ?? 75} onClose={onClose} />
      ) : (
        <form className="dialog-form" onSubmit={submit}>
          <p>
            <strong>{model.name}</strong> will be{" "}
            {stageWords({ stage, percent: Number(form.percent) || undefined })}.
            {makesRoom && ` Version ${makesRoom.version}, ${makesRoom.stage} now, retires.`} It takes effect
            two seconds later, without a restart.
          </p>
          {stage !== "retired" && <MapWords points={model.scorePoints} policy={policy} />}
          {stage !== "retired" && model.offers && (
            <p>{offersWords(model.offers, policy?.qualify_risk ?? 75)}</p>
          )}
          <Fields form={form} dispatch={dispatch} />
          <div className="dialog-acts">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!order} loading={move.isPending}>
              {form.refusedBudget ? "Do it even so" : actName(stage, model.stage)}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
