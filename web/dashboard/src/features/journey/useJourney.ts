// SPDX-License-Identifier: Apache-2.0
import { useMemo } from "react";
import { useCollection } from "../../api/queries";
import { timeline } from "./timeline";
import { useWatch } from "./useWatch";

/** All that is known of a visitor, read once and then followed live. */
export function useJourney(visitor: string) {
  const watch = useWatch(visitor);
  const events = useCollection(visitor, "events");
  const signals = useCollection(visitor, "signals");
  const decisions = useCollection(visitor, "decisions");
  const interventions = useCollection(visitor, "interventions");
  const journeys = useCollection(visitor, "journeys");

  const decided = useMemo(() => {
    const live = watch.folded.flatMap((one) => (one.decision ? [one.decision] : []));
    const known = new Map([...(decisions.data ?? []), ...live].map((one) => [one.id, one]));
    return [...known.values()].sort((a, b) => a.at - b.at);
  }, [decisions.data, watch.folded]);

  const items = useMemo(
    () =>
      timeline(
        {
          events: events.data ?? [],
          signals: signals.data ?? [],
          decisions: decided,
          interventions: interventions.data ?? [],
        },
        watch.folded,
      ),
    [events.data, signals.data, decided, interventions.data, watch.folded],
  );

  return { watch, events, items, decisions: decided, journeys: journeys.data };
}
