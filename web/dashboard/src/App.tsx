// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { Desk } from "./Desk";
import { Door } from "./features/door/Door";
import { usePresence } from "./features/presence/usePresence";
import { Welcome } from "./features/presence/Welcome";

export function App() {
  return <Door>{(name) => <Place name={name || "Maya"} />}</Door>;
}

/** Where an agent sits, once it is known under which name. */
function Place({ name: suggested }: { name: string }) {
  const { me, change, tellAgain, failed } = usePresence();
  const [renaming, setRenaming] = useState(false);
  if (!me || renaming) {
    return (
      <Welcome
        name={me?.name ?? suggested}
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
