// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";
import { useDecision } from "../../api/queries";
import { Failed } from "../../ui/Failed";
import { Reasons } from "./Reasons";
import { reasonSentence, scoreSentence } from "./why";

export function WhyOffered({ decisionId }: { decisionId: string | null | undefined }) {
  const { data, error, refetch } = useDecision(decisionId);
  return (
    <section aria-labelledby="why-title">
      <h3 id="why-title">Why help was offered</h3>
      {!decisionId && <p className="mute">No offer came before: the visitor opened the chat.</p>}
      {decisionId && !data && !error && <Skeleton height={112} radius={10} />}
      {error && <Failed what="The decision" error={error} onRetry={refetch} />}
      {data && (
        <div className="why">
          <p>
            <strong>{reasonSentence(data)}</strong> {scoreSentence(data)}
          </p>
          <Reasons contributions={data.contributions} />
        </div>
      )}
    </section>
  );
}
