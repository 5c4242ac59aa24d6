// SPDX-License-Identifier: Apache-2.0
import { createContext, useContext } from "react";

/** Whose models the page shows, and whether the caller may change them. */
export interface Scope {
  site: string;
  manages: boolean;
}

export const ModelScope = createContext<Scope>({ site: "", manages: false });

export const useScope = (): Scope => useContext(ModelScope);
