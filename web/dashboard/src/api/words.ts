// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { request } from "./http";
import type { AnalystPreview, Catalogue, RulesOverview } from "./wordsTypes";

const soonMs = 1_000;
const waitMs = 10_000;

const base = (site: string) => `/v1/sites/${encodeURIComponent(site)}/rules`;

const keys = {
  rules: (site: string) => ["rules", site] as const,
  preview: (site: string, analyst: object) => ["rules", site, "preview", analyst] as const,
  catalogue: ["catalogue"] as const,
};

export function useCatalogue() {
  return useQuery({
    queryKey: keys.catalogue,
    queryFn: () => request<Catalogue>("GET", "/v1/analyst/catalogue"),
  });
}

/** A publication holds some seconds after it is told of; one for another day is not waited for. */
function isComing({ version, versions: [newest] }: RulesOverview): boolean {
  if (!newest || newest.version <= version) return false;
  return (newest.effectiveAt ?? 0) < Date.now() + waitMs;
}

export function useRules(site: string) {
  return useQuery({
    queryKey: keys.rules(site),
    queryFn: () => request<RulesOverview>("GET", base(site)),
    staleTime: 0,
    refetchInterval: ({ state: { data } }) => (data && isComing(data) ? soonMs : false),
  });
}

/** What would be said by the draft with this over it. The words before stand until the new ones are there. */
export function usePreview(site: string, analyst: object) {
  return useQuery({
    queryKey: keys.preview(site, analyst),
    queryFn: () => request<AnalystPreview>("POST", `${base(site)}/preview`, { analyst }),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 0,
  });
}

/** What changes the rules is followed by a new reading: only the server's word is shown. */
function useChange<Order>(site: string, change: (order: Order) => Promise<unknown>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.rules(site) }),
  });
}

export function useDraft(site: string) {
  return useChange(site, (analyst: object) => request("PUT", `${base(site)}/draft`, { analyst }));
}

export function useDropDraft(site: string) {
  return useChange(site, (_: undefined) => request("DELETE", `${base(site)}/draft`));
}

export function usePublish(site: string) {
  return useChange(site, (note: string) => request("POST", `${base(site)}/publish`, { note }));
}
