// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { keys, useCaller } from "../../api/queries";
import type { Caller } from "../../api/types";
import { SignIn } from "./SignIn";

interface Props {
  /** What is behind it, for whom the server takes the caller for; nobody while it cannot be reached. */
  children(caller: Caller | undefined): ReactNode;
}

/** Lets in whom the server knows. Where it cannot be reached, what is behind says so itself. */
export function Door({ children }: Props) {
  const queries = useQueryClient();
  const { data: caller, isPending } = useCaller();
  if (isPending) return null;
  if (caller === null) {
    return <SignIn onSignedIn={() => queries.invalidateQueries({ queryKey: keys.caller })} />;
  }
  return children(caller);
}
