// SPDX-License-Identifier: Apache-2.0

export interface Me {
  name: string;
  /** What the agent wants; the server's word on it comes by the stream. */
  available: boolean;
}

const key = "handrail.desk.me";

export function loadMe(): Me | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    if (typeof stored !== "object" || stored === null) return undefined;
    const { name, available } = stored as Partial<Me>;
    return typeof name === "string" && name ? { name, available: available === true } : undefined;
  } catch {
    return undefined;
  }
}

export function saveMe(me: Me): void {
  try {
    localStorage.setItem(key, JSON.stringify(me));
  } catch {
    // Without storage the desk asks for the name again next time.
  }
}
