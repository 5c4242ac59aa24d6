// SPDX-License-Identifier: MIT
import { expect, test } from "vitest";
import { createConsent } from "./consent";

function aStorage(kept: Record<string, string> = {}) {
  const storage = {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
  };
  return { kept, open: () => storage as Storage };
}

test("nobody asked: there is no choice", () => {
  expect(createConsent(aStorage().open).get()).toBeUndefined();
});

test("one word answers for all purposes; a named one changes that one alone", () => {
  const consent = createConsent(aStorage().open);
  expect(consent.set(true)).toEqual({ analytics: true, assistance: true, training: true, ai: true });
  expect(consent.set({ training: false })).toEqual({
    analytics: true,
    assistance: true,
    training: false,
    ai: true,
  });
  expect(consent.set(false)).toEqual({ analytics: false, assistance: false, training: false, ai: false });
});

test("what was not named at the first time was not agreed to", () => {
  expect(createConsent(aStorage().open).set({ analytics: true })).toEqual({
    analytics: true,
    assistance: false,
    training: false,
    ai: false,
  });
});

test("the next page knows it, and nothing else is kept", () => {
  const { kept, open } = aStorage();
  createConsent(open).set({ analytics: true, training: true });
  expect(kept).toEqual({ "handrail.consent": "1010" });
  expect(createConsent(open).get()).toEqual({
    analytics: true,
    assistance: false,
    training: true,
    ai: false,
  });
});

test("a choice from before there was a purpose did not agree to it", () => {
  const { open } = aStorage({ "handrail.consent": "111" });
  expect(createConsent(open).get()).toEqual({ analytics: true, assistance: true, training: true, ai: false });
});

test("without storage it holds for the page", () => {
  const consent = createConsent(() => {
    throw new Error("forbidden");
  });
  consent.set(true);
  expect(consent.get()?.analytics).toBe(true);
});
