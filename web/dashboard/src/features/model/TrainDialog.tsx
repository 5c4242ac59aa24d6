// SPDX-License-Identifier: Apache-2.0
import { Button, Modal, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import { useBeginTraining } from "../../api/models";
import { Refusal } from "./Notice";
import { useScope } from "./scope";
import { emptyTrainForm, labelsFault, type TrainForm, trainingOrderOf, trialsFault } from "./trainForm";

interface FieldsProps {
  form: TrainForm;
  onChange(form: TrainForm): void;
}

function Fields({ form, onChange }: FieldsProps) {
  const field = (name: keyof TrainForm) => ({
    value: form[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      onChange({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <>
      <TextInput label="Name" placeholder="exit risk" maxLength={100} {...field("name")} data-autofocus />
      <details className="more">
        <summary>More choices</summary>
        <TextInput
          label="Journeys of either outcome that are needed"
          description="Fewer than 100 make poor figures with wide intervals."
          inputMode="numeric"
          error={labelsFault(form)}
          {...field("labelsMin")}
        />
        <TextInput
          label="Parameters to try"
          inputMode="numeric"
          error={trialsFault(form)}
          {...field("trials")}
        />
        <TextInput
          label="Properties that are numbers"
          placeholder="loan.amount, loan.months"
          {...field("numbers")}
        />
        <TextInput
          label="Properties that are one of several kinds"
          placeholder="plan"
          {...field("categories")}
        />
      </details>
    </>
  );
}

/** Begins training out of the site's history, beside the server that goes on. */
export function TrainDialog({ onClose }: { onClose(): void }) {
  const { site } = useScope();
  const [form, setForm] = useState(emptyTrainForm);
  const { mutate, error, isPending } = useBeginTraining(site);
  const order = trainingOrderOf(form);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (order) mutate(order, { onSuccess: onClose });
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title="Train a model"
      centered
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form className="dialog-form" onSubmit={submit}>
        <p>
          From the journeys in the log: which reached a goal, and which ended without. It runs in a process of
          its own, at the lowest priority. What comes of it joins as a candidate, asked by nobody.
        </p>
        <Fields form={form} onChange={setForm} />
        {error && <Refusal title="Training did not begin" words={error.message} />}
        <div className="dialog-acts">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!order} loading={isPending}>
            Begin
          </Button>
        </div>
      </form>
    </Modal>
  );
}
