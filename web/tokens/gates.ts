// SPDX-License-Identifier: Apache-2.0

/** The rules of the policy in the words of both screens. The code of a rule stays one hover away. */
const gateNames: Record<string, string> = {
  risk: "struggle is high enough",
  fresh: "it happened just now",
  consent: "consent",
  holdout: "not in the control group",
  live_offer: "no other offer is open",
  session_cap: "offers this visit",
  day_cap: "offers today",
  cooldown: "time since the last offer",
  snoozed: "not put off",
  declined: "not declined",
  incident: "no incident on the site",
  agent: "somebody is at the desk",
};

/** A rule in words; one that is not known here keeps its own name, without the underscores. */
export function gateName(gate: string): string {
  return gateNames[gate] ?? gate.replaceAll("_", " ");
}
