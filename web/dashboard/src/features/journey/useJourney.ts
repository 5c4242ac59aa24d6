// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { keys, useCollection } from "../../api/queries";
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

  const queries = useQueryClient();
  const afterGap = watch.beginnings > 1 ? watch.beginnings : undefined;
  useEffect(() => {
    if (afterGap) void queries.invalidateQueries({ queryKey: keys.visitor(visitor) });
  }, [afterGap, queries, visitor]);

  // The conversation beside reads the offer's answer from the same collection.
  const answered = watch.folded.findLast((one) => one.intervention)?.offset;
  useEffect(() => {
    if (answered) void queries.invalidateQueries({ queryKey: keys.collection(visitor, "interventions") });
  }, [answered, queries, visitor]);

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
