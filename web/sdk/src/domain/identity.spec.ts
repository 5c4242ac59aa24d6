// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createFakeClock } from "../../test/emulate/clock";
import { createStorage } from "../browser/storage";
import { createIdentity } from "./identity";

const throwing = () => {
  throw new Error("no storage");
};
const MINUTE = 60_000;

function memory() {
  const map = new Map<string, string>();
  return {
    get: (key: string) => map.get(key) ?? null,
    set: (key: string, value: string) => void map.set(key, value),
  };
}

test("the visitor stays the same over page loads, and the session for half an hour of quiet", async () => {
  const storage = memory();
  const clock = createFakeClock();
  const first = createIdentity(storage, clock).who(true);
  expect(first.anonymousId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  await clock.advance(29 * MINUTE);
  const next = createIdentity(storage, clock);
  expect(next.who(true)).toEqual(first);
  await clock.advance(31 * MINUTE);
  expect(next.who(true).sessionId).not.toBe(first.sessionId);
  expect(next.who(true).anonymousId).toBe(first.anonymousId);
});

test("a session ends after twelve hours, however busy", async () => {
  const clock = createFakeClock();
  const identity = createIdentity(memory(), clock);
  const { sessionId } = identity.who(true);
  for (let i = 0; i < 35; i++) {
    await clock.advance(20 * MINUTE);
    expect(identity.who(true).sessionId).toBe(sessionId);
  }
  await clock.advance(20 * MINUTE);
  expect(identity.who(true).sessionId).not.toBe(sessionId);
});

test("identify names the visitor, reset makes a new one", () => {
  const identity = createIdentity(memory(), createFakeClock());
  const before = identity.who(true);
  identity.identify("u1");
  expect(identity.who(true)).toEqual({ ...before, userId: "u1" });
  identity.reset();
  const after = identity.who(true);
  expect(after.userId).toBeUndefined();
  expect(after.anonymousId).not.toBe(before.anonymousId);
  expect(after.sessionId).not.toBe(before.sessionId);
});

test("storage that throws is replaced by memory", () => {
  const identity = createIdentity(
    createStorage(throwing as () => Storage, () => true),
    createFakeClock(),
  );
  expect(identity.who(true)).toEqual(identity.who(true));
});
