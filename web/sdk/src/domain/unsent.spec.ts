// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createUnsent } from "./unsent";

function aStore() {
  const kept: Record<string, string> = {};
  const page = { now: 1_000_000 };
  const storage = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
    removeItem: (key: string) => {
      delete kept[key];
    },
  } as unknown as Storage;
  const clock = { now: () => page.now, mono: () => page.now, after: () => () => {} };
  return { kept, page, unsent: createUnsent(() => storage, clock), clock };
}

test("what was kept comes back in order, with the time at which it is sent now", () => {
  const { page, unsent, kept } = aStore();
  unsent.keep(['{"sentAt":1,"n":1}']);
  unsent.keep(['{"sentAt":2,"n":2}', '{"sentAt":3,"n":3}']);
  page.now += 5_000;
  const seen = [];
  for (let body = unsent.peek(); body; body = unsent.peek()) {
    seen.push(JSON.parse(body));
    unsent.drop();
  }
  expect(seen.map(({ n }) => n)).toEqual([1, 2, 3]);
  expect(seen.every(({ sentAt }) => sentAt === 1_005_000)).toBe(true);
  expect(kept).toEqual({});
});

test("the oldest go where there is no room, and what is a day old goes too", () => {
  const { page, unsent } = aStore();
  const large = (n: number) => `{"sentAt":0,"n":${n},"x":"${"y".repeat(100 * 1024)}"}`;
  unsent.keep([large(1), large(2), large(3)]);
  expect(JSON.parse(unsent.peek() as string).n).toBe(2);
  page.now += 24 * 3_600_000;
  expect(unsent.peek()).toBeUndefined();
});

test("where nothing may be stored nothing is kept, and nothing breaks", () => {
  const { clock } = aStore();
  const unsent = createUnsent(() => {
    throw new Error("no consent");
  }, clock);
  unsent.keep(["{}"]);
  expect(unsent.peek()).toBeUndefined();
  unsent.drop();
});
