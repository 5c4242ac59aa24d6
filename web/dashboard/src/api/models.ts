// SPDX-License-Identifier: Apache-2.0
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { RequestFailed, request } from "./http";
import type {
  ModelHealth,
  ModelList,
  ModelMove,
  ModelWithCard,
  Moved,
  MoveOrder,
  OfferPolicy,
  Training,
  TrainingOrder,
} from "./modelTypes";

const soonMs = 1_000;
const calmMs = 5_000;

const base = (site: string) => `/v1/sites/${encodeURIComponent(site)}/models`;

export const modelPath = (site: string, version: number) => `${base(site)}/${version}`;
export const artefactPath = (site: string, version: number) => `${modelPath(site, version)}/artefact`;

const keys = {
  list: (site: string) => ["models", site] as const,
  one: (site: string, version: number) => ["model", site, version] as const,
  health: (site: string, version: number) => ["model", site, version, "health"] as const,
  training: (site: string) => ["training", site] as const,
  policy: (site: string) => ["policy", site] as const,
};

/** What is asked again by itself anyway: a failure is told at once. */
const polled = { staleTime: 0, retry: false } as const;

/** No stream tells of models, so the list is asked again: soon while a change is on its way, else now and then. */
export function useModels(site: string) {
  return useQuery({
    queryKey: keys.list(site),
    queryFn: () => request<ModelList>("GET", base(site)),
    ...polled,
    refetchInterval: ({ state }) => (state.data?.items.some((one) => one.coming) ? soonMs : calmMs),
  });
}

/** A version with its card, which never changes; its stage is told by the list. */
export function useModel(site: string, version: number) {
  return useQuery({
    queryKey: keys.one(site, version),
    queryFn: () => request<ModelWithCard>("GET", modelPath(site, version)),
  });
}

export function useHealth(site: string, version: number) {
  return useQuery({
    queryKey: keys.health(site, version),
    queryFn: () => request<ModelHealth>("GET", `${modelPath(site, version)}/health`),
    ...polled,
    // Where journeys are folded elsewhere (404), asking again changes nothing.
    refetchInterval: ({ state: { error } }) =>
      error instanceof RequestFailed && error.status === 404 ? false : calmMs,
  });
}

export function usePolicy(site: string) {
  return useQuery({
    queryKey: keys.policy(site),
    queryFn: async () => {
      const path = `/v1/sites/${encodeURIComponent(site)}/rules`;
      return (await request<{ rules: { policy: OfferPolicy } }>("GET", path)).rules.policy;
    },
    staleTime: calmMs,
  });
}

/** How training stands. What comes of a job is in the list a moment after it is done. */
export function useTraining(site: string) {
  const queries = useQueryClient();
  const training = useQuery({
    queryKey: keys.training(site),
    queryFn: () => request<Training>("GET", `${base(site)}/training`),
    ...polled,
    refetchInterval: ({ state }) => (state.data?.state === "running" ? soonMs : calmMs),
  });
  const state = training.data?.state;
  useEffect(() => {
    if (state === "done") void queries.invalidateQueries({ queryKey: keys.list(site) });
  }, [state, queries, site]);
  return training;
}

/** What changes models or training is followed by a new reading: only the server's word is shown. */
function useChange<Order, Answer>(site: string, change: (order: Order) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.list(site) }),
        queries.invalidateQueries({ queryKey: keys.training(site) }),
      ]),
  });
}

export function useMoveModel(site: string, version: number) {
  return useChange(site, (order: MoveOrder) =>
    request<Moved>("POST", `${modelPath(site, version)}/stage`, order),
  );
}

export function useRollBack(site: string) {
  return useChange(site, (note: string) =>
    request<{ moves: ModelMove[] }>("POST", `${base(site)}/rollback`, { note }),
  );
}

export function useBeginTraining(site: string) {
  return useChange(site, (order: TrainingOrder) =>
    request<Training>("POST", `${base(site)}/training`, order),
  );
}

export function useCancelTraining(site: string) {
  return useChange(site, (_: undefined) =>
    request<{ cancelled: boolean }>("DELETE", `${base(site)}/training`),
  );
}
