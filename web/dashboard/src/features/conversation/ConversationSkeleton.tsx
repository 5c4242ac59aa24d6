// SPDX-License-Identifier: Apache-2.0
import { Skeleton } from "@mantine/core";

export function ConversationSkeleton() {
  return (
    <section className="conversation" role="status" aria-label="Loading the conversation">
      <header className="pane-head">
        <Skeleton height={16} width={140} />
      </header>
      <div className="messages">
        <Skeleton height={44} width="52%" radius={14} mb="md" />
        <Skeleton height={64} width="52%" radius={14} ml="auto" />
      </div>
    </section>
  );
}
