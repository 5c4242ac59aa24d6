// SPDX-License-Identifier: Apache-2.0
import type { Conversation } from "../../api/types";
import { paths } from "../../router";
import { Link } from "../../ui/Link";
import { Stale } from "../../ui/Stale";
import { ReadingCard } from "./ReadingCard";
import { StruggleLine } from "./StruggleLine";
import { useJourney } from "./useJourney";
import { VisitorFacts } from "./VisitorFacts";
import { WhatHappened } from "./WhatHappened";
import { WhyOffered } from "./WhyOffered";

export function JourneyPane({ conversation: { visitor, decisionId } }: { conversation: Conversation }) {
  const { watch, events, items, decisions, journeys } = useJourney(visitor);
  return (
    <aside className="journey" aria-label="Journey">
      <header className="pane-head">
        <h2>Journey</h2>
        <Link href={paths.visitor(visitor)}>whole journey →</Link>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section className="journey-body" tabIndex={0} aria-label="What is known of this visitor">
        <Stale knownAt={watch.knownAt} />
        <WhyOffered decisionId={decisionId} />
        <section aria-labelledby="struggle-title">
          <h3 id="struggle-title">
            Struggle <span className="figure-now">{watch.score?.struggle ?? "–"}</span>
          </h3>
          <StruggleLine samples={watch.samples} decisions={decisions} startedAt={watch.journey?.startedAt} />
        </section>
        <ReadingCard analysis={watch.analysis} />
        <WhatHappened
          items={items}
          pending={events.isPending}
          error={events.error}
          onRetry={() => void events.refetch()}
        />
        <VisitorFacts visitor={visitor} watch={watch} journeys={journeys} />
      </section>
    </aside>
  );
}
