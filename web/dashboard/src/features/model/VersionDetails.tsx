// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";
import { useHealth, useModel } from "../../api/models";
import type { Model } from "../../api/modelTypes";
import { Failed } from "../../ui/Failed";
import { StateNote } from "../../ui/StateNote";
import { ByEvents, BySureness } from "./Breakdown";
import { Calibration } from "./Calibration";
import { CardNotes } from "./CardNotes";
import { DriftTable } from "./DriftTable";
import { Figures } from "./Figures";
import { Lineage } from "./Lineage";
import { ScoreMap } from "./ScoreMap";
import { useScope } from "./scope";

/** All that is known of one version: how good it was, how it does, what it means, where it comes from. */
export function VersionDetails({ model }: { model: Model }) {
  const { site } = useScope();
  const { data, error, refetch } = useModel(site, model.version);
  const { data: health } = useHealth(site, model.version);
  if (!data) {
    if (error) return <Failed what="Its card" error={error} onRetry={() => void refetch()} />;
    return <Skeleton height={320} radius={16} />;
  }
  const test = data.card?.test;
  return (
    <div className="version-details">
      {test ? (
        <>
          <Figures test={test} health={health} />
          <div className="model-pair">
            <Calibration test={test} health={health} />
            <div className="model-column">
              <ScoreMap model={model} />
              <BySureness test={test} />
            </div>
          </div>
          <ByEvents test={test} />
        </>
      ) : (
        <>
          <StateNote title="It brought no card.">What training measured is not known here.</StateNote>
          <ScoreMap model={model} />
        </>
      )}
      <DriftTable model={model} health={health} />
      <Lineage model={model} card={data.card} />
      <CardNotes />
    </div>
  );
}
