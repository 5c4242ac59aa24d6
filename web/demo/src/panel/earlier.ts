// SPDX-License-Identifier: Apache-2.0
import type { Decision, Intervention } from "./contract";

async function latest<Item>(visitor: string, collection: string): Promise<Item | undefined> {
  try {
    const response = await fetch(`/v1/visitors/${visitor}/${collection}?limit=1`);
    if (!response.ok) return undefined;
    const page: { items: Item[] } = await response.json();
    return page.items[0];
  } catch {
    return undefined;
  }
}

/** The latest decision and offer from before this page was watching, so that a reload does not lose them. */
export async function readEarlier(visitor: string) {
  const [decision, intervention] = await Promise.all([
    latest<Decision>(visitor, "decisions"),
    latest<Intervention & { decisionId?: string }>(visitor, "interventions"),
  ]);
  const belongs = decision && intervention?.decisionId === decision.id;
  return { decision, intervention: belongs ? intervention : undefined };
}
