// SPDX-License-Identifier: Apache-2.0
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { closeConversation } from "../../api/desk";
import type { Conversation } from "../../api/types";
import { paths } from "../../router";
import { BackIcon } from "../../ui/icons";
import { Link } from "../../ui/Link";
import { waited } from "../../ui/time";
import { useNow } from "../../ui/useNow";
import { waitingSince } from "../inbox/order";
import { labelOf } from "../inbox/words";

function stateWords(one: Conversation, now: number): string {
  if (one.state === "closed") return "closed";
  const since = waitingSince(one);
  if (since !== undefined) return `waiting ${waited(now - since)}`;
  return one.agent ? `with ${one.agent}` : "open";
}

interface Props {
  conversation: Conversation;
  agent: string;
  journeyShown: boolean;
  onToggleJourney(): void;
}

export function ConversationHead({ conversation, agent, journeyShown, onToggleJourney }: Props) {
  const now = useNow();
  const close = useMutation({ mutationFn: () => closeConversation(conversation.id, agent) });
  return (
    <header className="pane-head conversation-head">
      <Link className="back" href={paths.inbox} aria-label="Back to the inbox">
        <BackIcon />
      </Link>
      <div className="conversation-title">
        <h2>{labelOf(conversation)}</h2>
        <p className="mute">
          {close.isError ? "It could not be closed. Try again." : stateWords(conversation, now)}
        </p>
      </div>
      <Button className="toggle-journey" variant="default" size="xs" onClick={onToggleJourney}>
        {journeyShown ? "Chat" : "Why"}
      </Button>
      {conversation.state !== "closed" && (
        <Button variant="default" size="xs" loading={close.isPending} onClick={() => close.mutate()}>
          Close
        </Button>
      )}
    </header>
  );
}
