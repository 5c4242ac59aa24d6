// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useModels, useTraining } from "../../api/models";
import { useCaller } from "../../api/queries";
import { Failed } from "../../ui/Failed";
import { ModelPage } from "./ModelPage";
import { ModelSkeleton } from "./ModelSkeleton";
import { RollbackDialog } from "./RollbackDialog";
import { mayManage } from "./roles";
import { ModelScope, useScope } from "./scope";
import { TrainDialog } from "./TrainDialog";
import "../../styles/forms.css";
import "./model.css";
import "./figures.css";

type Asked = "training" | "rollback" | undefined;

/** What may be done to the models as a whole. */
function Acts({ onAsk }: { onAsk(asked: Asked): void }) {
  const { site, manages } = useScope();
  const { data: list } = useModels(site);
  const { data: training } = useTraining(site);
  if (!manages || !list || list.items.length === 0) return null;
  const isHeard = list.items.some((one) => one.stage === "live" || one.stage === "canary");
  return (
    <div className="model-acts">
      <Button variant="default" disabled={!isHeard} onClick={() => onAsk("rollback")}>
        Roll back
      </Button>
      <Button disabled={training?.state === "running"} onClick={() => onAsk("training")}>
        Train a model
      </Button>
    </div>
  );
}

/** The model page: can it be trusted, does it drift, who decides. Loaded only when somebody comes to it. */
export default function ModelView({ version }: { version: number | undefined }) {
  const { data: caller, error, refetch } = useCaller();
  const [asked, setAsked] = useState<Asked>();
  const scope = useMemo(() => caller && { site: caller.site, manages: mayManage(caller.role) }, [caller]);
  return (
    <main className="visitor-view model-view">
      {!scope && !error && <ModelSkeleton />}
      {!scope && error && <Failed what="Who you are" error={error} onRetry={() => void refetch()} />}
      {scope && (
        <ModelScope value={scope}>
          <header className="visitor-head">
            <h2>Model</h2>
            <Acts onAsk={setAsked} />
          </header>
          <ModelPage version={version} onTrain={() => setAsked("training")} />
          {asked === "training" && <TrainDialog onClose={() => setAsked(undefined)} />}
          {asked === "rollback" && <RollbackDialog onClose={() => setAsked(undefined)} />}
        </ModelScope>
      )}
    </main>
  );
}
