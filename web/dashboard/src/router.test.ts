// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { parseRoute, paths } from "./router";

test("every path that is made is understood", () => {
  expect(parseRoute(paths.inbox)).toEqual({ view: "inbox", conversation: undefined });
  expect(parseRoute(paths.conversation("ab12"))).toEqual({ view: "inbox", conversation: "ab12" });
  expect(parseRoute(paths.visitors)).toEqual({ view: "visitor", visitor: undefined });
  expect(parseRoute(paths.visitor("anna@k:1"))).toEqual({ view: "visitor", visitor: "anna@k:1" });
  expect(parseRoute(paths.models)).toEqual({ view: "model", version: undefined });
  expect(parseRoute(paths.words)).toEqual({ view: "words" });
  expect(parseRoute(paths.model(12))).toEqual({ view: "model", version: 12 });
});

test("what is no version is no version", () => {
  for (const text of ["0", "-1", "1e3", "twelve", "1.5"]) {
    expect(parseRoute(`/desk/model/${text}`)).toEqual({ view: "model", version: undefined });
  }
});

test("a strange path is the inbox", () => {
  expect(parseRoute("/desk/nowhere/else")).toEqual({ view: "inbox", conversation: undefined });
  expect(parseRoute("/desk")).toEqual({ view: "inbox", conversation: undefined });
});
