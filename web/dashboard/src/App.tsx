// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import type { Caller } from "./api/types";
import { Desk } from "./Desk";
import { Door } from "./features/door/Door";
import { usePresence } from "./features/presence/usePresence";
import { Welcome } from "./features/presence/Welcome";
import { Onlooker } from "./Onlooker";
import { useRoute } from "./router";

export function App() {
  return <Door>{(caller) => <Place caller={caller} />}</Door>;
}

/** Where an agent sits, once it is known under which name. The model and the words may be looked at from outside. */
function Place({ caller }: { caller: Caller | undefined }) {
  const { me, change, tellAgain, failed } = usePresence();
  const { view } = useRoute();
  const [renaming, setRenaming] = useState(false);
  if (caller?.role === "reader" || (!me && (view === "model" || view === "words")))
    return <Onlooker caller={caller} />;
  if (!me || renaming) {
    return (
      <Welcome
        name={me?.name ?? (caller?.name || "Maya")}
        onCome={(name) => {
          change({ name, available: true });
          setRenaming(false);
        }}
      />
    );
  }
  return (
    <Desk
      me={me}
      presenceFailed={failed}
      onPresence={change}
      onLive={tellAgain}
      onRename={() => {
        change({ ...me, available: false });
        setRenaming(true);
      }}
    />
  );
}
