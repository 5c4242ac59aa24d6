// SPDX-License-Identifier: Apache-2.0
import { lazy } from "react";
import { LazyPage } from "./ui/LazyPage";

// Only who asks for the model pays for its page.
const ModelView = lazy(() => import("./features/model/ModelView"));

export function ModelRoute({ version }: { version: number | undefined }) {
  return (
    <LazyPage what="the model">
      <ModelView version={version} />
    </LazyPage>
  );
}
