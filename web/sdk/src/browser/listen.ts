// SPDX-License-Identifier: MIT
import type { Off } from "../tools/emitter";
import { guard } from "../tools/guard";

/** Listens to several events, space separated, in the capture phase and without ever throwing into the page. */
export function listen<E extends Event = Event>(
  target: EventTarget,
  types: string,
  handler: (event: E) => void,
  options: AddEventListenerOptions = { capture: true, passive: true },
): Off {
  const safe = guard(handler) as EventListener;
  const names = types.split(" ");
  for (const name of names) target.addEventListener(name, safe, options);
  return () => {
    for (const name of names) target.removeEventListener(name, safe, options);
  };
}
