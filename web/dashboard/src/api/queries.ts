// SPDX-License-Identifier: Apache-2.0
import { MutationCache, QueryCache, QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { listConversations, readAvailability, readConversation } from "./desk";
import { RequestFailed } from "./http";
import { readCaller } from "./session";
import type { Collections, ConversationFilter } from "./types";
import { readCollection, readDecision } from "./visitors";

/** What the desk holds stays true by its stream; queries are asked again only after the stream was gone. */
export function createQueryClient(): QueryClient {
  /** Who is not known any longer is asked to sign in again. */
  function onError(error: Error): void {
    if (error instanceof RequestFailed && error.status === 401) client.setQueryData(keys.caller, null);
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && !(error instanceof RequestFailed && error.status === 404),
      },
    },
  });
  return client;
}

export const keys = {
  caller: ["caller"] as const,
  conversations: (filter: ConversationFilter) => ["conversations", filter] as const,
  conversation: (id: string) => ["conversation", id] as const,
  availability: ["availability"] as const,
  visitor: (visitor: string) => ["visitor", visitor] as const,
  collection: (visitor: string, name: keyof Collections) => ["visitor", visitor, name] as const,
};

export function useCaller() {
  return useQuery({ queryKey: keys.caller, queryFn: readCaller });
}

export function useConversations(filter: ConversationFilter) {
  return useQuery({ queryKey: keys.conversations(filter), queryFn: () => listConversations(filter) });
}

export function useConversation(id: string) {
  return useQuery({ queryKey: keys.conversation(id), queryFn: () => readConversation(id) });
}

export function useAvailability() {
  return useQuery({ queryKey: keys.availability, queryFn: readAvailability });
}

export function useDecision(id: string | null | undefined) {
  return useQuery({
    queryKey: ["decision", id],
    queryFn: () => readDecision(id ?? ""),
    enabled: Boolean(id),
  });
}

const pageSize = 100;

/** A visitor's collection, newest first, page by page. Nobody follows it while it is not shown, so it ages at once. */
export function useCollection<Name extends keyof Collections>(visitor: string, name: Name) {
  return useInfiniteQuery({
    queryKey: keys.collection(visitor, name),
    queryFn: ({ pageParam }) => readCollection(visitor, name, pageSize, pageParam),
    staleTime: 0,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}
