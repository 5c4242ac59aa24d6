// SPDX-License-Identifier: MIT
import type { PageScope } from "../../domain/ports";
import { guard } from "../../tools/guard";

export interface NetworkDeps {
  scope: PageScope;
  window: Window & typeof globalThis;
  isOwnRequest(url: string): boolean;
  onStart(id: number, isSameOrigin: boolean): void;
  /** Status 0: no answer. `undefined`: given up by the page itself. */
  onEnd(id: number, status: number | undefined): void;
}

/** Notices when the page's own requests start and end, and nothing else about them. */
export function watchNetwork(deps: NetworkDeps): void {
  const { scope, window } = deps;
  const urls = new WeakMap<XMLHttpRequest, string>();
  const onEnd = guard(deps.onEnd);
  let lastId = 0;

  const begin = guard((to: string | URL): number | undefined => {
    const url = new URL(to, window.location.href);
    if (deps.isOwnRequest(url.href)) return undefined;
    deps.onStart(++lastId, url.origin === window.location.origin);
    return lastId;
  });

  scope.patch(window, "fetch", (original, isOn) => (input, init) => {
    const id = isOn() ? begin(input instanceof Request ? input.url : input) : undefined;
    const answer = original.call(window, input, init);
    if (id !== undefined) {
      answer.then(
        (response) => onEnd(id, response.status),
        (error) => onEnd(id, error?.name === "AbortError" ? undefined : 0),
      );
    }
    return answer;
  });

  const requests = window.XMLHttpRequest.prototype;
  scope.patch(requests, "open", (original, isOn) => {
    const open = original as (...args: unknown[]) => void;
    return function (this: XMLHttpRequest, ...args: unknown[]): void {
      if (isOn()) urls.set(this, String(args[1]));
      open.apply(this, args);
    };
  });
  scope.patch(
    requests,
    "send",
    (original, isOn) =>
      function (this: XMLHttpRequest, body) {
        const url = urls.get(this);
        const id = isOn() && url !== undefined ? begin(url) : undefined;
        if (id !== undefined) {
          let isAborted = false;
          this.addEventListener("abort", () => {
            isAborted = true;
          });
          this.addEventListener("loadend", () => onEnd(id, isAborted ? undefined : this.status));
        }
        original.call(this, body);
      },
  );
}
