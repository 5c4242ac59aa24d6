// SPDX-License-Identifier: Apache-2.0
import { useCallback, useState } from "react";
import { Panel } from "./panel/Panel";
import { Site } from "./site/Site";
import { useWide } from "./useWide";

/** The bank beside the window into the machine: side by side where there is room, else the panel is a drawer. */
export function App() {
  const wide = useWide();
  const [drawerOpen, setDrawerOpen] = useState(false);
  const closeDrawer = useCallback(() => setDrawerOpen(false), []);
  const covered = !wide && drawerOpen;
  return (
    <div className="app">
      <div className="app-site" inert={covered}>
        <Site drawerOpen={covered} onOpenDrawer={wide ? undefined : () => setDrawerOpen(true)} />
      </div>
      <Panel drawer={!wide} open={wide || drawerOpen} onClose={closeDrawer} />
    </div>
  );
}
