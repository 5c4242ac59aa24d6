// SPDX-License-Identifier: MIT
import type { Choice } from "../domain/consent";
import type { HelpEvents } from "../domain/ports";

/** What the page may listen to. */
export interface Events extends HelpEvents {
  /** Events left for the first time, at this monotonic time. */
  sent: { at: number; events: { id: string; eventType: string }[] };
  consent: Choice;
}

/** What the parts tell each other. */
export interface InnerEvents {
  /** Key of a form whose submit the application reported itself. */
  submit: string;
  /** Whether the page goes for good, as far as one can tell. */
  exit: boolean;
}
