// SPDX-License-Identifier: MIT
import type { PageScope } from "../../domain/ports";

/** Notices script errors of the page itself; those of extensions and of other origins are not its fault. */
export function watchErrors({ listen }: PageScope, onError: () => void): void {
  const { origin } = location;
  listen<ErrorEvent>(window, "error", ({ filename, message }) => {
    if (filename?.startsWith(origin) && !/ResizeObserver/.test(message)) onError();
  });
  listen<PromiseRejectionEvent>(window, "unhandledrejection", ({ reason }) => {
    if (String(reason?.stack).includes(origin) && reason.name !== "AbortError") onError();
  });
}
