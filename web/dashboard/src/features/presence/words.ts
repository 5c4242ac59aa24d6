// SPDX-License-Identifier: Apache-2.0
import type { Availability } from "../../api/types";
import type { Me } from "./storage";

/** Who else is here, and the honest note on when a change of mind counts. */
export function presenceWords(me: Me, availability: Availability | undefined, justSwitched: boolean): string {
  const known = availability?.agents.find((one) => one.agent === me.name);
  const disagrees = availability && known?.available !== me.available && (known || me.available);
  if (justSwitched || disagrees) {
    return "Counts for new offers 2 s after the switch.";
  }
  const others = availability?.agents.filter((one) => one.available && one.agent !== me.name) ?? [];
  const company = others.length === 0 ? "" : `${others.map((one) => one.agent).join(", ")} here too. `;
  return me.available ? `${company}New offers count on you.` : `${company}No new offers on your account.`;
}
