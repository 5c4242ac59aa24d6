// SPDX-License-Identifier: Apache-2.0
import type { Conversation } from "../../api/types";
import { paths } from "../../router";
import { Link } from "../../ui/Link";
import { labelOf, previewOf, reasonTag, whenWords } from "./words";

interface Props {
  conversation: Conversation;
  current: boolean;
  unread: number;
  now: number;
}

export function InboxItem({ conversation, current, unread, now }: Props) {
  const tag = reasonTag(conversation);
  return (
    <li>
      <Link
        className="inbox-item"
        href={paths.conversation(conversation.id)}
        aria-current={current ? "true" : undefined}
        data-inbox-item
      >
        <span className="inbox-item-head">
          <span className="inbox-label">{labelOf(conversation)}</span>
          <time>{whenWords(conversation, now)}</time>
        </span>
        <span className="inbox-item-body">
          <span className={unread > 0 ? "inbox-preview inbox-preview-new" : "inbox-preview"}>
            {previewOf(conversation)}
          </span>
          {unread > 0 && (
            <span className="inbox-unread">
              {unread}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </span>
        <span className="inbox-item-foot">
          {tag && <span className="tag-struggle">{tag}</span>}
          {conversation.unanswered && conversation.state === "waiting" && (
            <span className="tag-plain">nobody answered yet</span>
          )}
        </span>
      </Link>
    </li>
  );
}
