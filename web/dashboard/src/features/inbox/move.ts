// SPDX-License-Identifier: Apache-2.0

/** Moves the focus up or down the inbox; from outside it begins at the open conversation, else at the first. */
export function moveInInbox(by: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>("[data-inbox-item]")];
  const focused = items.indexOf(document.activeElement as HTMLElement);
  const open = items.findIndex((item) => item.hasAttribute("aria-current"));
  const from = focused >= 0 ? focused : open;
  const to = from < 0 ? 0 : Math.min(Math.max(from + by, 0), items.length - 1);
  items[to]?.focus();
}
