// SPDX-License-Identifier: Apache-2.0
import { useEffect, useReducer } from "react";
import { openWatch } from "../../api/streams";
import { reduceWatch, unwatched, type WatchState } from "./watchReducer";

/** Follows one visitor while the desk is in front; a hidden tab gives its connection back. Key the user by visitor. */
export function useWatch(visitor: string): WatchState {
  const [state, dispatch] = useReducer(reduceWatch, unwatched);
  useEffect(() => {
    let close: (() => void) | undefined;

    function open() {
      close = openWatch(
        visitor,
        {
          attributes: (attributes) => dispatch({ type: "attributes", attributes }),
          folded: (folded) => dispatch({ type: "folded", folded }),
          struggle: (score) => dispatch({ type: "struggle", score }),
        },
        (live) => dispatch({ type: "live", live, now: Date.now() }),
      );
    }

    function onVisibility() {
      close?.();
      close = undefined;
      if (!document.hidden) open();
    }

    onVisibility();
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      document.removeEventListener("visibilitychange", onVisibility);
      close?.();
    };
  }, [visitor]);
  return state;
}
