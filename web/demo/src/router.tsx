// SPDX-License-Identifier: Apache-2.0
import { type MouseEvent, type ReactNode, useSyncExternalStore } from "react";

const base = "/demo";
const moved = "meridian:moved";

function subscribe(changed: () => void): () => void {
  window.addEventListener("popstate", changed);
  window.addEventListener(moved, changed);
  return () => {
    window.removeEventListener("popstate", changed);
    window.removeEventListener(moved, changed);
  };
}

/** The page below /demo, without slashes around it: "" for the start page, else "savings". */
export function pageOf(pathname: string): string {
  return pathname.slice(base.length).replace(/^\/+|\/+$/g, "");
}

export function usePage(): string {
  return pageOf(useSyncExternalStore(subscribe, () => window.location.pathname));
}

interface LinkProps {
  page: string;
  id?: string;
  className?: string;
  current?: boolean;
  children: ReactNode;
}

/** A real link that changes the page in place; with a modifier the browser does what it always does. */
export function Link({ page, id, className, current, children }: LinkProps) {
  function go(event: MouseEvent<HTMLAnchorElement>) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    if (page !== pageOf(window.location.pathname)) {
      window.history.pushState(null, "", `${base}/${page}`);
      window.dispatchEvent(new Event(moved));
    }
    window.scrollTo(0, 0);
  }
  return (
    <a
      id={id}
      href={`${base}/${page}`}
      className={className}
      aria-current={current ? "page" : undefined}
      onClick={go}
    >
      {children}
    </a>
  );
}
