// SPDX-License-Identifier: Apache-2.0
import { useMemo, useSyncExternalStore } from "react";

export type Route =
  | { view: "inbox"; conversation: string | undefined }
  | { view: "visitor"; visitor: string | undefined }
  | { view: "model"; version: number | undefined }
  | { view: "words" };

const moved = "desk:moved";

/** A number of a path, from 1 on. */
function numberIn(text: string | undefined): number | undefined {
  return text && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

/**
 * /desk/, /desk/c/{conversation}, /desk/visitor/, /desk/visitor/{visitor}, /desk/model, /desk/model/{version} and /desk/words;
 * anything else is the inbox.
 */
export function parseRoute(pathname: string): Route {
  const [, , first, second] = pathname.split("/");
  const id = second ? decodeURIComponent(second) : undefined;
  if (first === "visitor") return { view: "visitor", visitor: id };
  if (first === "model") return { view: "model", version: numberIn(second) };
  if (first === "words") return { view: "words" };
  return { view: "inbox", conversation: first === "c" ? id : undefined };
}

export const paths = {
  inbox: "/desk/",
  conversation: (id: string) => `/desk/c/${encodeURIComponent(id)}`,
  visitors: "/desk/visitor/",
  visitor: (id: string) => `/desk/visitor/${encodeURIComponent(id)}`,
  models: "/desk/model",
  model: (version: number) => `/desk/model/${version}`,
  words: "/desk/words",
};

export function navigate(path: string): void {
  if (path === window.location.pathname) return;
  window.history.pushState(null, "", path);
  window.dispatchEvent(new Event(moved));
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("popstate", changed);
  window.addEventListener(moved, changed);
  return () => {
    window.removeEventListener("popstate", changed);
    window.removeEventListener(moved, changed);
  };
}

export function useRoute(): Route {
  const pathname = useSyncExternalStore(subscribe, () => window.location.pathname);
  return useMemo(() => parseRoute(pathname), [pathname]);
}
