// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "vitest";
import { parseRoute, paths } from "./router";

test("every path that is made is understood", () => {
  expect(parseRoute(paths.inbox)).toEqual({ view: "inbox", conversation: undefined });
  expect(parseRoute(paths.conversation("ab12"))).toEqual({ view: "inbox", conversation: "ab12" });
  expect(parseRoute(paths.visitors)).toEqual({ view: "visitor", visitor: undefined });
  expect(parseRoute(paths.visitor("anna@k:1"))).toEqual({ view: "visitor", visitor: "anna@k:1" });
});

test("a strange path is the inbox", () => {
  expect(parseRoute("/desk/nowhere/else")).toEqual({ view: "inbox", conversation: undefined });
  expect(parseRoute("/desk")).toEqual({ view: "inbox", conversation: undefined });
});
