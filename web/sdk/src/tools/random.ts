// SPDX-License-Identifier: MIT

/** Random bytes from the platform, or from Math.random where there is no crypto: ids need luck, not secrecy. */
export function randomBytes(count: number): number[] {
  const bytes = new Uint8Array(count);
  try {
    crypto.getRandomValues(bytes);
  } catch {
    for (let i = 0; i < count; i++) bytes[i] = Math.random() * 256;
  }
  return Array.from(bytes);
}

const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";

export function randomId(length = 16): string {
  return randomBytes(length)
    .map((byte) => LETTERS[byte & 63])
    .join("");
}

/** A version 7 UUID: sorted by the time it was made. */
export function uuidv7(now: number): string {
  const time = Math.floor(now).toString(16).padStart(12, "0");
  const hex = randomBytes(10)
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  const variant = ((Number.parseInt(hex[3] as string, 16) & 3) | 8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}
