// SPDX-License-Identifier: Apache-2.0
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useConversations } from "../../api/queries";
import type { ConversationFilter } from "../../api/types";
import { Failed } from "../../ui/Failed";
import { StateNote } from "../../ui/StateNote";
import { useNow } from "../../ui/useNow";
import { InboxItem } from "./InboxItem";
import { InboxSkeleton } from "./InboxSkeleton";
import { inOrder } from "./order";
import { countUnread, type Unread } from "./unread";

interface Props {
  openId: string | undefined;
  unread: Unread;
  available: boolean;
}

function Empty({ filter, available }: { filter: ConversationFilter; available: boolean }) {
  if (filter === "closed") {
    return (
      <StateNote title="No conversation has been closed yet.">Closed ones are kept here to read.</StateNote>
    );
  }
  return (
    <StateNote title="Nobody is asking for help right now.">
      {available
        ? "You are available; a visitor who accepts an offer appears here."
        : "You are away, so no new offer counts on you. Switch to available to be asked."}
    </StateNote>
  );
}

export function Inbox({ openId, unread, available }: Props) {
  const [filter, setFilter] = useState<ConversationFilter>("open");
  const { data, error, isPending, refetch } = useConversations(filter);
  const now = useNow();
  return (
    <nav className="inbox" aria-label="Inbox">
      <div className="inbox-head">
        <h2>Inbox</h2>
        <SegmentedControl
          size="xs"
          aria-label="Which conversations"
          value={filter}
          onChange={(value) => setFilter(value as ConversationFilter)}
          data={[
            { value: "open", label: "Open" },
            { value: "closed", label: "Closed" },
          ]}
        />
      </div>
      {isPending && <InboxSkeleton />}
      {error && !data && <Failed what="The inbox" error={error} onRetry={refetch} />}
      {data?.length === 0 && <Empty filter={filter} available={available} />}
      {data && data.length > 0 && (
        <ul className="inbox-list">
          {inOrder(data).map((one) => (
            <InboxItem
              key={one.id}
              conversation={one}
              current={one.id === openId}
              unread={countUnread(unread, one)}
              now={now}
            />
          ))}
        </ul>
      )}
    </nav>
  );
}
