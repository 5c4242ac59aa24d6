// SPDX-License-Identifier: Apache-2.0

import { useCollection } from "../../api/queries";
import type { ConversationWithMessages } from "../../api/types";
import { Composer } from "./Composer";
import { ConversationHead } from "./ConversationHead";
import { conversationLines, openedWords } from "./lines";
import { Messages } from "./Messages";
import { useOutbox } from "./useOutbox";

interface Props {
  data: ConversationWithMessages;
  agent: string;
  journeyShown: boolean;
  onToggleJourney(): void;
}

export function ConversationPane({
  data: { conversation, messages },
  agent,
  journeyShown,
  onToggleJourney,
}: Props) {
  const { outgoing, send, retry } = useOutbox(conversation.id, agent);
  const interventions = useCollection(conversation.visitor, "interventions");
  const intervention = interventions.data?.find((one) => one.id === conversation.interventionId);
  const opened = openedWords(Boolean(conversation.interventionId), intervention);
  return (
    <section className="conversation" aria-label="Conversation">
      <ConversationHead
        conversation={conversation}
        agent={agent}
        journeyShown={journeyShown}
        onToggleJourney={onToggleJourney}
      />
      <Messages lines={conversationLines(messages, outgoing, opened)} onRetry={retry} />
      {conversation.state === "closed" ? (
        <p className="conversation-closed mute">
          This conversation is closed. A new one begins when the visitor asks.
        </p>
      ) : (
        <Composer onSend={send} />
      )}
    </section>
  );
}
