// SPDX-License-Identifier: Apache-2.0
import { useModels } from "../../api/models";
import type { ModelList } from "../../api/modelTypes";
import { navigate, paths } from "../../router";
import { Failed } from "../../ui/Failed";
import { Stale } from "../../ui/Stale";
import { StateNote } from "../../ui/StateNote";
import { Health } from "./Health";
import { ModelSkeleton } from "./ModelSkeleton";
import { Moves } from "./Moves";
import { NothingYet } from "./NothingYet";
import { useScope } from "./scope";
import { TrainingJob } from "./TrainingJob";
import { VersionDetails } from "./VersionDetails";
import { VersionHead } from "./VersionHead";
import { Versions } from "./Versions";
import { decidesWords, inOrder } from "./words";

interface Props {
  /** Which version was asked for; nothing: the one that decides, else its first challenger. */
  version: number | undefined;
  onTrain(): void;
}

function Loaded({ list, version, onTrain }: Props & { list: ModelList }) {
  const shown =
    version === undefined ? inOrder(list.items)[0] : list.items.find((one) => one.version === version);
  if (list.items.length === 0) {
    return (
      <>
        <TrainingJob />
        <NothingYet onTrain={onTrain} />
      </>
    );
  }
  return (
    <>
      {shown && <Health key={`health ${shown.version}`} model={shown} />}
      <TrainingJob />
      <Versions list={list} shown={shown?.version} />
      {shown ? (
        <>
          <VersionHead key={`head ${shown.version}`} model={shown} items={list.items} />
          <VersionDetails key={`details ${shown.version}`} model={shown} />
        </>
      ) : (
        <StateNote
          title={`There is no version ${version}.`}
          act={{ words: "Show the one that decides", onClick: () => navigate(paths.models) }}
        >
          The newest 8 versions are kept; older ones are gone.
        </StateNote>
      )}
      <Moves moves={list.moves} />
    </>
  );
}

export function ModelPage({ version, onTrain }: Props) {
  const { site } = useScope();
  const { data: list, error, dataUpdatedAt, refetch } = useModels(site);
  if (!list) {
    if (error) return <Failed what="The models" error={error} onRetry={() => void refetch()} />;
    return <ModelSkeleton />;
  }
  return (
    <div className="model-page">
      <p className="decides">{decidesWords(list.items)}</p>
      <Stale knownAt={error ? dataUpdatedAt : undefined} />
      <Loaded list={list} version={version} onTrain={onTrain} />
    </div>
  );
}
