// SPDX-License-Identifier: Apache-2.0
import type { ChatMessage } from "../../api/types";

/** Who did something, for a line of the system: an agent by name, the others by what they are. */
export function actorName(from: ChatMessage["from"], name: string | undefined): string {
  if (from === "agent") return name || "an agent";
  return from === "visitor" ? "the visitor" : "the server";
}
