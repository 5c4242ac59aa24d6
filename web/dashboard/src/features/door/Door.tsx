// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { keys, useCaller } from "../../api/queries";
import { SignIn } from "./SignIn";

interface Props {
  /** What is behind it, for somebody of this name ("" where the server asked nobody). */
  children(name: string): ReactNode;
}

/** Lets in whom the server knows. Where it cannot be reached, what is behind says so itself. */
export function Door({ children }: Props) {
  const queries = useQueryClient();
  const { data: caller, isPending } = useCaller();
  if (isPending) return null;
  if (caller === null) {
    return <SignIn onSignedIn={() => queries.invalidateQueries({ queryKey: keys.caller })} />;
  }
  return children(caller?.name ?? "");
}
