// SPDX-License-Identifier: Apache-2.0
import { lazy } from "react";
import { LazyPage } from "./ui/LazyPage";

const WordsView = lazy(() => import("./features/words/WordsView"));

export function WordsRoute() {
  return (
    <LazyPage what="the words">
      <WordsView />
    </LazyPage>
  );
}
