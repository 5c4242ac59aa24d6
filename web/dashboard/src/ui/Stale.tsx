// SPDX-License-Identifier: Apache-2.0
import { clockTime } from "./time";

/** Says since when nothing new can have arrived. Nothing is shown while the stream is live. */
export function Stale({ knownAt }: { knownAt: number | undefined }) {
  if (knownAt === undefined) return null;
  return (
    <p className="stale" role="status">
      Reconnecting… showing what was known at {clockTime(knownAt)}
    </p>
  );
}
