// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createPass } from "./pass";

/** A server that gives numbered tokens for a minute each, or what it is told to answer. */
function aPass(key = "k") {
  const page = { now: 0, visitor: "a", statuses: [] as number[], asked: [] as string[], warned: 0, gone: 0 };
  const pass = createPass({
    key,
    host: "https://h",
    clock: { now: () => page.now, mono: () => page.now, after: () => () => {} },
    anonymousId: () => page.visitor,
    warn: () => page.warned++,
    onGone: () => page.gone++,
    post: async (url, body) => {
      page.asked.push(`${url} ${body}`);
      const status = page.statuses.shift() ?? 200;
      const text = JSON.stringify({ token: `t${page.asked.length}`, renewAt: page.now + 60_000 });
      return { status, retryAfter: null, text };
    },
  });
  return { page, pass };
}

test("without a key nothing is asked and nothing is added", async () => {
  const { page, pass } = aPass("");
  expect(await pass.sign("/v1/stream?a=1")).toBe("/v1/stream?a=1");
  expect(page.asked).toEqual([]);
});

test("one token serves until it ages", async () => {
  const { page, pass } = aPass();
  const both = await Promise.all([pass.sign("/x?a=1"), pass.sign("/y")]);
  expect(both).toEqual(["/x?a=1&token=t1", "/y?token=t1"]);
  expect(page.asked).toEqual(['https://h/v1/sessions {"writeKey":"k","anonymousId":"a"}']);
  page.now = 60_000;
  expect(await pass.sign("/y")).toBe("/y?token=t2");
});

test("another visitor gets another token, and so does one that was refused", async () => {
  const { page, pass } = aPass();
  await pass.sign("/y");
  page.visitor = "b";
  expect(await pass.sign("/y")).toBe("/y?token=t2");
  pass.forget();
  expect(await pass.sign("/y")).toBe("/y?token=t3");
});

test("a server that is busy is asked again, one that refuses is not", async () => {
  const { page, pass } = aPass();
  page.statuses = [503, 0, 401];
  for (let i = 0; i < 5; i++) expect(await pass.sign("/y")).toBeUndefined();
  expect(page.asked.length).toBe(3);
  expect(page.warned).toBe(1);
});

test("a stopped site ends the script", async () => {
  const { page, pass } = aPass();
  page.statuses = [410];
  expect(await pass.sign("/y")).toBeUndefined();
  expect(await pass.sign("/y")).toBeUndefined();
  expect([page.gone, page.asked.length]).toEqual([1, 1]);
});

test("a user for whom the site vouches is named, by a fresh word each time, until it is refused or forgotten", async () => {
  const { page, pass } = aPass();
  let words = 0;
  expect(await pass.vouch({ id: "anna", token: () => `jwt${++words}` })).toBe("t1");
  expect(page.asked[0]).toContain('"userId":"anna","userToken":"jwt1"');
  page.now = 60_000;
  expect(await pass.vouch()).toBe("t2");
  expect(page.asked[1]).toContain("jwt2");
  page.statuses = [401];
  expect(await pass.vouch()).toBeUndefined();
  expect([page.warned, page.asked.length]).toEqual([1, 4]);
  expect(page.asked[3]).not.toContain("userId");
  expect(await pass.sign("/y")).toBe("/y?token=t4");
  await pass.vouch({ id: "otto", token: "jwt" });
  pass.forgetUser();
  await pass.sign("/y");
  expect(page.asked.at(-1)).not.toContain("otto");
});
