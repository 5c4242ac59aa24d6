// SPDX-License-Identifier: Apache-2.0
import type { Sending } from "./useLoanForm";

const words = {
  sending: { apply: "Sending your application…", save: "Saving…" },
  done: {
    apply: "Your application is in. Meridian is made up, so nobody will call, and you owe nothing.",
    save: "Saved.",
  },
  failed: {
    apply: "We couldn't send that. Please try again.",
    save: "We couldn't save that. Please try again.",
  },
} as const;

/** How the last request ended. The live region exists before its words do, so that they are read out. */
export function Outcome({ sending }: { sending: Sending }) {
  return (
    <div className="outcome" role="status">
      {sending.state !== "idle" && (
        <p className={`outcome-${sending.state}`}>{words[sending.state][sending.intent]}</p>
      )}
    </div>
  );
}
