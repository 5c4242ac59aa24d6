// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";
import { Component, type ReactNode, Suspense } from "react";
import { StateNote } from "./StateNote";

/** A page that does not come: the server is gone, or has another version of it by now. */
class Unloaded extends Component<{ children: ReactNode }, { isLost: boolean }> {
  override state = { isLost: false };

  static getDerivedStateFromError() {
    return { isLost: true };
  }

  override render() {
    if (!this.state.isLost) return this.props.children;
    return (
      <main className="visitor-view">
        <StateNote
          title="The page could not be loaded."
          act={{ words: "Load anew", onClick: () => window.location.reload() }}
        >
          The server cannot be reached, or it was renewed since you came.
        </StateNote>
      </main>
    );
  }
}

function Coming({ what }: { what: string }) {
  return (
    <main className="visitor-view">
      <div role="status" aria-label={`Loading ${what}`}>
        <Skeleton height={30} width={120} mb={24} />
        <Skeleton height={96} radius={16} mb={24} />
        <Skeleton height={180} radius={16} />
      </div>
    </main>
  );
}

/** A page of the desk that is loaded when somebody comes to it; `what` is in it. */
export function LazyPage({ what, children }: { what: string; children: ReactNode }) {
  return (
    <Unloaded>
      <Suspense fallback={<Coming what={what} />}>{children}</Suspense>
    </Unloaded>
  );
}
