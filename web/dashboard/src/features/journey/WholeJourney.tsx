// SPDX-License-Identifier: Apache-2.0
import { Button, Skeleton } from "@mantine/core";
import { RequestFailed } from "../../api/http";
import { Failed } from "../../ui/Failed";
import { Stale } from "../../ui/Stale";
import { StateNote } from "../../ui/StateNote";
import { clockTime } from "../../ui/time";
import { DecisionCard } from "./DecisionCard";
import { ReadingCard } from "./ReadingCard";
import { StruggleLine } from "./StruggleLine";
import { useJourney } from "./useJourney";
import { VisitorFacts } from "./VisitorFacts";

/** Everything the log holds of a visitor on one axis: what they did, what was found in it, what was decided and why. */
export function WholeJourney({ visitor }: { visitor: string }) {
  const { watch, events, items, decisions, journeys } = useJourney(visitor);
  if (events.error instanceof RequestFailed && events.error.status === 404) {
    return (
      <StateNote title="Nobody is known by that id.">
        A visitor appears here with the first event. Ids are case-sensitive.
      </StateNote>
    );
  }
  if (events.error)
    return <Failed what="The journey" error={events.error} onRetry={() => void events.refetch()} />;
  return (
    <div className="whole">
      <div className="whole-side">
        <Stale knownAt={watch.knownAt} />
        <section aria-labelledby="struggle-title">
          <h3 id="struggle-title">
            Struggle <span className="figure-now">{watch.score?.struggle ?? "–"}</span>
          </h3>
          <StruggleLine samples={watch.samples} decisions={decisions} startedAt={watch.journey?.startedAt} />
        </section>
        <ReadingCard analysis={watch.analysis} />
        <VisitorFacts visitor={visitor} watch={watch} journeys={journeys} />
      </div>
      <section aria-labelledby="records-title">
        <h3 id="records-title">Everything, oldest first</h3>
        {events.isPending && <Skeleton height={320} radius={10} />}
        {events.hasNextPage && (
          <Button
            variant="default"
            size="xs"
            loading={events.isFetchingNextPage}
            onClick={() => events.fetchNextPage()}
          >
            Show earlier
          </Button>
        )}
        <ol className="story story-full">
          {items.map((item) => (
            <li key={item.key} className={`story-${item.kind}`}>
              <div className="story-line">
                <span>{item.joins === "filled" ? `filled ${item.words}` : item.words}</span>
                <code>{item.code}</code>
                <time>{clockTime(item.at)}</time>
              </div>
              {item.decision && <DecisionCard decision={item.decision} />}
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}
