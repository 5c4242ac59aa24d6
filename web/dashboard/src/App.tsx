// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { Desk } from "./Desk";
import { usePresence } from "./features/presence/usePresence";
import { Welcome } from "./features/presence/Welcome";

export function App() {
  const { me, change, tellAgain, failed } = usePresence();
  const [renaming, setRenaming] = useState(false);
  if (!me || renaming) {
    return (
      <Welcome
        name={me?.name ?? "Maya"}
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
