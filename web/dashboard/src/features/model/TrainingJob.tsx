// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { useCancelTraining, useTraining } from "../../api/models";
import type { Training } from "../../api/modelTypes";
import { Refusal } from "./Notice";
import { dateTime, percent } from "./numbers";
import { useScope } from "./scope";
import { authorWords } from "./words";

/** Why it failed; the program that trained puts its own name before. */
function failureWords({ words }: Training): string {
  return words?.replace(/^handrail: /, "") || "No reason was given.";
}

function Running({ training }: { training: Training }) {
  const { site, manages } = useScope();
  const { mutate, error, isPending } = useCancelTraining(site);
  const share = training.share ?? 0;
  return (
    <>
      <p role="status">
        “{training.name}”: {training.words || "begins"} <span className="mute">{percent(share, 0)}</span>
      </p>
      <progress value={share} max={1} aria-label="Training" />
      <div className="job-foot">
        <span className="mute">
          begun {dateTime(training.begunAt ?? 0)} by {authorWords(training.author ?? "")}
        </span>
        {manages && (
          <Button variant="default" size="xs" loading={isPending} onClick={() => mutate(undefined)}>
            Cancel training
          </Button>
        )}
      </div>
      {error && <Refusal title="It was not cancelled" words={error.message} />}
    </>
  );
}

/** The job that runs, or how the last one ended. Nothing where none was since the server started. */
export function TrainingJob() {
  const { site } = useScope();
  const { data: training } = useTraining(site);
  if (!training || training.state === "idle") return null;
  const ended = training.endedAt ? dateTime(training.endedAt) : "";
  return (
    <section className="model-card" aria-labelledby="training-title">
      <h3 id="training-title">Training</h3>
      {training.state === "running" && <Running training={training} />}
      {training.state === "done" && (
        <p role="status">
          “{training.name}” was trained. It joins as a candidate, unless the same one is there already.{" "}
          <span className="mute">{ended}</span>
        </p>
      )}
      {training.state === "failed" && (
        <Refusal title={`“${training.name}” was not trained`} words={failureWords(training)}>
          <p className="mute">{ended}</p>
        </Refusal>
      )}
    </section>
  );
}
