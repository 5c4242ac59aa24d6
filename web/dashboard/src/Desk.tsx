// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { useConversations } from "./api/queries";
import { composerId } from "./features/conversation/Composer";
import { moveInInbox } from "./features/inbox/move";
import { useUnread } from "./features/inbox/unread";
import { VisitorView } from "./features/journey/VisitorView";
import { PresenceSwitch } from "./features/presence/PresenceSwitch";
import type { Me } from "./features/presence/storage";
import { InboxView } from "./InboxView";
import { ModelRoute } from "./ModelRoute";
import { useRoute } from "./router";
import { goTo } from "./ui/goTo";
import { Rail } from "./ui/Rail";
import { Shortcuts } from "./ui/Shortcuts";
import { Stale } from "./ui/Stale";
import { useShortcuts } from "./ui/useShortcuts";
import { useDeskStream } from "./useDeskStream";
import { WordsRoute } from "./WordsRoute";

const titles = { inbox: "Inbox", visitor: "Whole journey", model: "Model", words: "Words" } as const;

interface Props {
  me: Me;
  presenceFailed: boolean;
  onPresence(me: Me): void;
  onLive(): void;
  onRename(): void;
}

export function Desk({ me, presenceFailed, onPresence, onLive, onRename }: Props) {
  const route = useRoute();
  const unread = useUnread();
  const { data: open } = useConversations("open");
  const [listOpen, setListOpen] = useState(false);
  const goneSince = useDeskStream(me.name, { onLive, onMessage: unread.onMessage });
  const waiting = open?.filter((one) => one.state === "waiting").length ?? 0;
  const title = titles[route.view];

  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${title} · Handrail`;
  }, [waiting, title]);

  const down = () => moveInInbox(1);
  const up = () => moveInInbox(-1);
  useShortcuts({
    ...goTo,
    j: down,
    ArrowDown: down,
    k: up,
    ArrowUp: up,
    r: () => document.getElementById(composerId)?.focus(),
    "?": () => setListOpen(true),
  });

  return (
    <div className="desk">
      <Rail view={route.view} waiting={waiting} onShortcuts={() => setListOpen(true)} />
      <div className="desk-main">
        <section className="desk-bar" aria-label="Your presence">
          <h1 className="sr-only">Agent's desk</h1>
          <PresenceSwitch
            me={me}
            failed={presenceFailed}
            onChange={(available) => onPresence({ ...me, available })}
            onRename={onRename}
          />
          <Stale knownAt={goneSince} />
        </section>
        {route.view === "inbox" && (
          <InboxView openId={route.conversation} agent={me.name} available={me.available} unread={unread} />
        )}
        {route.view === "visitor" && <VisitorView visitor={route.visitor} />}
        {route.view === "model" && <ModelRoute version={route.version} />}
        {route.view === "words" && <WordsRoute />}
      </div>
      <Shortcuts opened={listOpen} onClose={() => setListOpen(false)} />
    </div>
  );
}
