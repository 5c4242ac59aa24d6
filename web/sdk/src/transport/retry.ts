// SPDX-License-Identifier: MIT

export const MAX_TRIES = 8;

/** Whether the same request may succeed later. Status 0 stands for "no answer at all". */
export function isRetryable(status: number): boolean {
  return status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
}

/** Full jitter between nothing and 1, 2, 4 ... 60 s, but never sooner than the server asked for. */
export function backoffMs(tries: number, random: () => number, retryAfter: string | null): number {
  const ceiling = Math.min(60_000, 1_000 * 2 ** (tries - 1));
  const asked = Number(retryAfter) * 1_000 || 0;
  return Math.max(asked, random() * ceiling);
}
