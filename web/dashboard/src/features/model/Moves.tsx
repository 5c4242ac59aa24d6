// SPDX-License-Identifier: Apache-2.0
import type { ModelMove } from "../../api/modelTypes";
import { paths } from "../../router";
import { Link } from "../../ui/Link";
import { useNow } from "../../ui/useNow";
import { dateTime } from "./numbers";
import { StageTag } from "./StageTag";
import { Table } from "./Table";
import { authorWords, effectWords } from "./words";

const columns = [{ name: "When" }, { name: "Version" }, { name: "To" }, { name: "By" }, { name: "Note" }];

/** Who put which version to which stage, when and why; the newest first. */
export function Moves({ moves }: { moves: readonly ModelMove[] }) {
  const now = useNow();
  if (moves.length === 0) return null;
  return (
    <section className="model-card" aria-labelledby="moves-title">
      <h3 id="moves-title">What was done</h3>
      <Table label="Moves, newest first" columns={columns}>
        {moves.toReversed().map((move) => (
          <tr key={`${move.effectiveAt} ${move.version} ${move.stage} ${move.note}`}>
            <td className="when">
              {dateTime(move.effectiveAt)}
              {move.effectiveAt > now && <span className="coming">{effectWords(move.effectiveAt, now)}</span>}
            </td>
            <th scope="row">
              <Link href={paths.model(move.version)}>version {move.version}</Link>
            </th>
            <td>
              <StageTag model={move} />
            </td>
            <td className="by" title={move.author}>
              {authorWords(move.author)}
            </td>
            <td className="move-note">{move.note || "–"}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
