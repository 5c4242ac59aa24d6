// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { useTraining } from "../../api/models";
import { useScope } from "./scope";

const commands = `handrail train --data DIR --out model.hrm   # DIR of this server; it may be running
handrail models add model.hrm               # a candidate, asked by nobody
handrail models stage 1 --stage shadow      # asked about every journey, heard by nobody
handrail models stage 1 --stage live        # in force two seconds later`;

/** No model: what decides then, why that is well, and how there comes to be one. */
export function NothingYet({ onTrain }: { onTrain(): void }) {
  const { site, manages } = useScope();
  const { data: training } = useTraining(site);
  return (
    <section className="model-card nothing" aria-labelledby="nothing-title">
      <h3 id="nothing-title">No model yet</h3>
      <p className="state-note-title">Struggle alone decides.</p>
      <p>
        That is a working state: struggle is evidence of trouble in the last minutes, and needs no training. A
        model adds how likely a journey is to end without its goal, learned from what your own visitors did.
        It takes at least 100 journeys that reached a goal and 100 that did not.
      </p>
      {manages ? (
        <Button disabled={training?.state === "running"} onClick={onTrain}>
          Train a model
        </Button>
      ) : (
        <p className="mute">An administrator of the site can train one here.</p>
      )}
      <p className="mute">Or on the command line:</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre tabIndex={0}>
        <code>{commands}</code>
      </pre>
    </section>
  );
}
