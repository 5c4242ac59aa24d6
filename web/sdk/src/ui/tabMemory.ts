// SPDX-License-Identifier: MIT

const KEY = "handrail.chat";

export interface TabMemory {
  wasOpen(): boolean;
  lastRead(): number;
  set(isOpen: boolean, lastRead: number): void;
}

/** Remembers for this tab, over a reload, whether the chat was open and what was read. */
export function createTabMemory(): TabMemory {
  let isOpen = false;
  let read = 0;
  try {
    const [open, offset] = (sessionStorage.getItem(KEY) || "").split(" ");
    isOpen = open === "open";
    read = Number(offset) || 0;
  } catch {
    // Without storage a reload shows the small button instead.
  }
  return {
    wasOpen: () => isOpen,
    lastRead: () => read,
    set(open, lastRead) {
      isOpen = open;
      read = Math.max(read, lastRead);
      try {
        sessionStorage.setItem(KEY, `${open ? "open" : "closed"} ${read}`);
      } catch {
        // As above.
      }
    },
  };
}
