// SPDX-License-Identifier: Apache-2.0

/** The rules of the policy in the words of both screens. The code of a rule stays one hover away. */
const gateNames: Record<string, string> = {
  qualify: "struggle is high enough",
  qualification: "struggle is high enough",
  threshold: "struggle is high enough",
  consent: "consent",
  holdout: "not in the control group",
  live_offer: "no other offer is open",
  one_live: "no other offer is open",
  caps: "offers so far",
  cap: "offers so far",
  session_cap: "offers this visit",
  daily_cap: "offers today",
  cooldown: "time since the last offer",
  snoozed: "not put off",
  snooze: "not put off",
  declined: "not declined before",
  decline: "not declined before",
  incident: "no incident on the site",
  agent: "somebody is at the desk",
  agents: "somebody is at the desk",
  history: "happened just now",
};

/** A rule in words; one that is not known here keeps its own name, without the underscores. */
export function gateName(gate: string): string {
  return gateNames[gate] ?? gate.replaceAll("_", " ");
}
