// SPDX-License-Identifier: Apache-2.0
import { StateNote } from "./StateNote";

export function Failed({ what, error, onRetry }: { what: string; error: Error; onRetry(): void }) {
  return (
    <StateNote title={`${what} could not be read.`} act={{ words: "Try again", onClick: onRetry }}>
      {error.message}
    </StateNote>
  );
}
