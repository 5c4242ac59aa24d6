// SPDX-License-Identifier: Apache-2.0

/** The part of the browser SDK's public face that this page uses. The script loads on its own and may be absent. */
export interface Handrail {
  ids(): { anonymousId: string };
  goal(name: string): void;
  reset(): void;
  on(event: "sent", listener: (detail: { sentAt: number }) => void): (() => void) | undefined;
  on(event: "offer", listener: () => void): (() => void) | undefined;
}

declare global {
  interface Window {
    handrail?: Handrail;
  }
}

/** The SDK once its script has run; a queueing stub without ids does not count. */
export function loadedHandrail(): Handrail | undefined {
  const handrail = window.handrail;
  return handrail && typeof handrail.ids === "function" ? handrail : undefined;
}
