// SPDX-License-Identifier: MIT
const encoder = new TextEncoder();

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}
