// SPDX-License-Identifier: MIT
import type { ChatMessage } from "../domain/offer";
import type { UiPort } from "../domain/ports";
import { randomId } from "../tools/random";

export type SendState = "sending" | "sent" | "failed";

/** One line of the conversation as it is shown. */
export interface Line {
  id: string;
  from: "visitor" | "agent" | "system";
  event: ChatMessage["event"];
  name?: string;
  text: string;
  /** Place in the server's log; what is not there yet comes last. */
  offset: number;
  state?: SendState;
}

export interface ChatModel {
  lines(): Line[];
  agent(): string | undefined;
  isClosed(): boolean;
  hasConversation(): boolean;
  /** Opens the conversation that an offer led to. */
  open(interventionId: string | undefined): void;
  send(text: string): void;
  retry(id: string): void;
  /** Something came from the server; false when it was known already. */
  receive(message: ChatMessage): boolean;
  close(): void;
}

const LONGEST_TEXT = 4_000;
const TRIES = 4;
const MOST_LINES = 500;

/** Keeps one conversation in the server's order, and sends messages one after the other, each exactly once. */
export function createChatModel(port: UiPort, onChange: () => void): ChatModel {
  let lines: Line[] = [];
  let conversationId: string | undefined;
  let intervention: string | undefined;
  let agent: string | undefined;
  let closed = false;
  let opening: Promise<void> | undefined;
  let sending: Promise<void> = Promise.resolve();

  const who = () => {
    const { anonymousId } = port.who();
    return { anonymousId };
  };

  function upsert(line: Line): boolean {
    const known = lines.find((other) => other.id === line.id);
    const isNews = !known || known.offset !== line.offset;
    if (known) Object.assign(known, line);
    else lines = [...lines.slice(1 - MOST_LINES), line];
    lines.sort((a, b) => a.offset - b.offset);
    onChange();
    return isNews;
  }

  function startOver(id: string): void {
    conversationId = id;
    closed = false;
    agent = undefined;
    lines = lines.filter((line) => line.state === "sending");
  }

  /** Opens a conversation, with words when a message is what opens it. */
  async function openWith(first: object): Promise<boolean> {
    const reply = await port.post("/v1/chat/conversations", { ...who(), ...first }, TRIES);
    if (reply.status !== 200) return false;
    const { conversationId: id } = JSON.parse(reply.text) as { conversationId: string };
    if (id !== conversationId) startOver(id);
    onChange();
    return true;
  }

  async function deliver(line: Line): Promise<number | undefined> {
    await opening;
    const message = { messageId: line.id, text: line.text };
    if (!conversationId || closed) {
      const opened = await openWith(intervention ? { interventionId: intervention } : message);
      if (!opened || !intervention) return opened ? Number.MAX_SAFE_INTEGER : undefined;
    }
    const path = `/v1/chat/conversations/${encodeURIComponent(conversationId as string)}/messages`;
    const reply = await port.post(path, { ...who(), ...message }, TRIES);
    return reply.status === 200 ? (JSON.parse(reply.text) as { offset: number }).offset : undefined;
  }

  async function sendLine(line: Line): Promise<void> {
    const offset = await deliver(line).catch(() => undefined);
    // The stream may have brought it back already, with its place.
    if (line.state !== "sending") return;
    upsert({ ...line, state: offset === undefined ? "failed" : "sent", offset: offset ?? line.offset });
  }

  function enqueue(line: Line): void {
    upsert(line);
    sending = sending.then(() => sendLine(lines.find((other) => other.id === line.id) || line));
  }

  return {
    lines: () => lines,
    agent: () => agent,
    isClosed: () => closed,
    hasConversation: () => !!conversationId,
    open(interventionId) {
      intervention = interventionId;
      if (!interventionId) return;
      opening = openWith({ interventionId }).then(
        () => {},
        () => {},
      );
    },
    send(text) {
      const words = text.trim().slice(0, LONGEST_TEXT);
      if (!words) return;
      const offset = Number.MAX_SAFE_INTEGER;
      enqueue({ id: randomId(), from: "visitor", event: "message", text: words, offset, state: "sending" });
    },
    retry(id) {
      const line = lines.find((other) => other.id === id);
      if (line?.state === "failed") enqueue({ ...line, state: "sending" });
    },
    receive(message) {
      if (message.conversationId !== conversationId) startOver(message.conversationId);
      const { event, from, name, offset } = message;
      if (from === "agent" && name) agent = name;
      if (event === "closed") closed = true;
      if (event === "opened" && !message.text) {
        onChange();
        return false;
      }
      const id = event === "message" || event === "opened" ? message.messageId : `${event}:${offset}`;
      const line: Line = { id, from, event, name, text: message.text || "", offset };
      return upsert(from === "visitor" ? { ...line, state: "sent" } : line);
    },
    close() {
      if (!conversationId || closed) return;
      closed = true;
      void port.post(`/v1/chat/conversations/${encodeURIComponent(conversationId)}/close`, who());
      onChange();
    },
  };
}
