// SPDX-License-Identifier: Apache-2.0
import { useModel } from "../../api/models";
import type { Model, ModelList, ModelMove } from "../../api/modelTypes";
import { paths } from "../../router";
import { Link } from "../../ui/Link";
import { useNow } from "../../ui/useNow";
import { dateTime, decimal, percent } from "./numbers";
import { StageTag } from "./StageTag";
import { useScope } from "./scope";
import { Table } from "./Table";
import { authorWords, comingWords, inOrder } from "./words";

const columns = [
  { name: "Version" },
  { name: "Stage" },
  { name: "Since" },
  { name: "By" },
  { name: "AUC", isFigure: true },
  { name: "ECE", isFigure: true },
  { name: "Brier skill", isFigure: true },
  { name: "Base rate", isFigure: true },
  { name: "Learned until" },
];

interface RowProps {
  model: Model;
  /** The move that put it where it is. */
  move: ModelMove | undefined;
  isShown: boolean;
}

function VersionRow({ model, move, isShown }: RowProps) {
  const { site } = useScope();
  const now = useNow();
  const test = useModel(site, model.version).data?.card?.test;
  return (
    <tr className={isShown ? "row-shown" : undefined}>
      <th scope="row">
        <Link href={paths.model(model.version)} aria-current={isShown ? "true" : undefined}>
          {model.version} · {model.name}
        </Link>
      </th>
      <td>
        <StageTag model={model} />
        {model.coming && <span className="coming">{comingWords(model.coming, now)}</span>}
        {model.fault && <span className="fault">cannot be asked</span>}
      </td>
      <td className="when">{dateTime(model.since ?? model.registeredAt)}</td>
      <td className="by">{authorWords(move?.author ?? model.author)}</td>
      <td className="figure">{decimal(test?.auc.value)}</td>
      <td className="figure">{decimal(test?.ece.value)}</td>
      <td className="figure">{decimal(test?.brierSkill.value)}</td>
      <td className="figure">{percent(test?.baseRate)}</td>
      <td className="when">{dateTime(model.trainedAt)}</td>
    </tr>
  );
}

/** Champion and challengers, each with what training measured. */
export function Versions({ list, shown }: { list: ModelList; shown: number | undefined }) {
  const lastMove = (model: Model) =>
    list.moves.findLast((move) => move.version === model.version && move.effectiveAt === model.since);
  return (
    <section className="model-card" aria-labelledby="versions-title">
      <h3 id="versions-title">Champion and challengers</h3>
      <Table label="Versions" columns={columns}>
        {inOrder(list.items).map((model) => (
          <VersionRow
            key={model.version}
            model={model}
            move={lastMove(model)}
            isShown={model.version === shown}
          />
        ))}
      </Table>
      <p className="mute note">
        Figures of each version's own test, at training. The newest 8 versions are kept. There is one live
        model and one canary: the next one retires the one before.
      </p>
    </section>
  );
}
