// SPDX-License-Identifier: MIT
import type { PageScope } from "../domain/ports";
import { guard } from "../tools/guard";

/** How a page was come to. */
export type Navigation = "load" | "reload" | "push" | "replace" | "pop" | "bfcache";

export interface NavigationDeps {
  scope: PageScope;
  window: Window & typeof globalThis;
  /** A page was seen: on load, and whenever the path changed. */
  onPage(navigation: Navigation): void;
  /** The page navigated within itself, whether or not the path changed. */
  onAnyNavigation(): void;
}

function howLoaded(performance: Performance): Navigation {
  const entry = performance.getEntriesByType?.("navigation")[0] as PerformanceNavigationTiming | undefined;
  const type = entry?.type;
  return type === "reload" ? "reload" : type === "back_forward" ? "pop" : "load";
}

/** Follows single-page navigation by the history methods. */
export function watchNavigation({ scope, window, onPage, onAnyNavigation }: NavigationDeps): void {
  const { history, document, location } = window;
  let path = "";

  function moved(navigation: Navigation): void {
    onAnyNavigation();
    if (location.pathname === path) return;
    path = location.pathname;
    onPage(navigation);
  }

  const safeMoved = guard(moved);
  const follow = (navigation: Navigation) => (original: History["pushState"], isOn: () => boolean) =>
    function (this: History, ...args: Parameters<History["pushState"]>): void {
      original.apply(this, args);
      if (isOn()) safeMoved(navigation);
    };

  function loaded(): void {
    path = location.pathname;
    onPage(howLoaded(window.performance));
  }

  scope.patch(history, "pushState", follow("push"));
  scope.patch(history, "replaceState", follow("replace"));
  scope.listen(window, "popstate hashchange", () => moved("pop"));
  scope.listen<PageTransitionEvent>(window, "pageshow", (event) => event.persisted && onPage("bfcache"));
  // A page that is only being prepared was not seen yet.
  if ((document as { prerendering?: boolean }).prerendering) {
    scope.listen(document, "prerenderingchange", loaded, { once: true });
  } else {
    loaded();
  }
}
