// SPDX-License-Identifier: MIT
import type { PageScope } from "../domain/ports";
import type { Off } from "../tools/emitter";
import { listen } from "./listen";
import { patch } from "./patch";

export interface Scope extends PageScope {
  end(): void;
}

/** Remembers everything that was hung into the page, so that all of it can be taken out again at once. */
export function createScope(): Scope {
  const offs: Off[] = [];
  return {
    listen: (target, types, handler, options) => offs.push(listen(target, types, handler, options)),
    patch: (owner, name, wrap) => offs.push(patch(owner, name, wrap)),
    add: (off) => offs.push(off),
    end() {
      for (const off of offs.splice(0)) off();
    },
  };
}
