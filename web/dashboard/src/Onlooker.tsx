// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import type { Caller } from "./api/types";
import { VisitorView } from "./features/journey/VisitorView";
import { ModelRoute } from "./ModelRoute";
import { useRoute } from "./router";
import { goTo } from "./ui/goTo";
import { Rail } from "./ui/Rail";
import { Shortcuts } from "./ui/Shortcuts";
import { useShortcuts } from "./ui/useShortcuts";
import { WordsRoute } from "./WordsRoute";

const titles = { visitor: "Whole journey", model: "Model", words: "Words" } as const;

/** What is to be seen without sitting at the desk: by readers, who may not, and by others who did not come to it. */
export function Onlooker({ caller }: { caller: Caller | undefined }) {
  const route = useRoute();
  const [listOpen, setListOpen] = useState(false);
  const view = route.view === "inbox" ? "visitor" : route.view;
  const mayWork = caller?.role !== "reader";

  useEffect(() => {
    document.title = `${titles[view]} · Handrail`;
  }, [view]);
  useShortcuts({ ...goTo, "?": () => setListOpen(true) });

  return (
    <div className="desk desk-onlooker">
      <Rail view={view} waiting={0} hasInbox={mayWork} onShortcuts={() => setListOpen(true)} />
      <div className="desk-main">
        <section className="desk-bar" aria-label="Your presence">
          <h1 className="sr-only">Handrail</h1>
          <p className="mute">
            {mayWork ? "You are not at the desk." : `${caller?.name || "You"}: reads, and changes nothing.`}
          </p>
        </section>
        {view === "visitor" && <VisitorView visitor={route.view === "visitor" ? route.visitor : undefined} />}
        {route.view === "model" && <ModelRoute version={route.version} />}
        {route.view === "words" && <WordsRoute />}
      </div>
      <Shortcuts opened={listOpen} onClose={() => setListOpen(false)} />
    </div>
  );
}
