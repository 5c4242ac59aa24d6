// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "react";
import { useConversation, useConversations } from "./api/queries";
import { ConversationPane } from "./features/conversation/ConversationPane";
import { ConversationSkeleton } from "./features/conversation/ConversationSkeleton";
import { Inbox } from "./features/inbox/Inbox";
import type { useUnread } from "./features/inbox/unread";
import { JourneyPane } from "./features/journey/JourneyPane";
import { Failed } from "./ui/Failed";
import { StateNote } from "./ui/StateNote";

interface OpenProps {
  id: string;
  agent: string;
  onSeen: ReturnType<typeof useUnread>["onSeen"];
}

function Open({ id, agent, onSeen }: OpenProps) {
  const { data, error, refetch } = useConversation(id);
  const [journeyShown, setJourneyShown] = useState(false);
  const conversation = data?.conversation;

  useEffect(() => {
    if (conversation && !document.hidden) onSeen(conversation);
  }, [conversation, onSeen]);

  if (!data) {
    if (!error) return <ConversationSkeleton />;
    return (
      <section className="conversation" aria-label="Conversation">
        <Failed what="The conversation" error={error} onRetry={() => void refetch()} />
      </section>
    );
  }
  return (
    <div className="open" data-journey={journeyShown}>
      <ConversationPane
        data={data}
        agent={agent}
        journeyShown={journeyShown}
        onToggleJourney={() => setJourneyShown(!journeyShown)}
      />
      <JourneyPane conversation={data.conversation} />
    </div>
  );
}

function NoneOpen() {
  const { data } = useConversations("open");
  return (
    <section className="conversation conversation-none" aria-label="Conversation">
      <StateNote title="No conversation is open.">
        {data && data.length > 0 && "Choose one in the inbox, or press j and Enter."}
      </StateNote>
    </section>
  );
}

interface Props {
  openId: string | undefined;
  agent: string;
  available: boolean;
  unread: ReturnType<typeof useUnread>;
}

export function InboxView({ openId, agent, available, unread }: Props) {
  return (
    <main className="inbox-view" data-open={openId !== undefined}>
      <Inbox openId={openId} unread={unread.unread} available={available} />
      {openId ? <Open key={openId} id={openId} agent={agent} onSeen={unread.onSeen} /> : <NoneOpen />}
    </main>
  );
}
