// SPDX-License-Identifier: MIT
import type { ListenScope } from "../domain/ports";
import type { Off } from "../tools/emitter";
import { listen } from "./listen";

export interface Scope extends ListenScope {
  end(): void;
}

/** Remembers everything that was hung into the page, so that all of it can be taken out again at once. */
export function createScope(): Scope {
  const offs: Off[] = [];
  return {
    listen: (target, types, handler, options) => offs.push(listen(target, types, handler, options)),
    add: (off) => offs.push(off),
    end() {
      for (const off of offs.splice(0)) off();
    },
  };
}
