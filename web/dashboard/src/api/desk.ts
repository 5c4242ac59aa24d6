// SPDX-License-Identifier: Apache-2.0
import { request } from "./http";
import type {
  Availability,
  ChatReceipt,
  Conversation,
  ConversationFilter,
  ConversationWithMessages,
} from "./types";

const base = "/v1/desk";

export async function listConversations(state: ConversationFilter): Promise<Conversation[]> {
  return (await request<{ items: Conversation[] }>("GET", `${base}/conversations?state=${state}`)).items;
}

export function readConversation(id: string): Promise<ConversationWithMessages> {
  return request("GET", `${base}/conversations/${id}`);
}

export function postMessage(
  id: string,
  agent: string,
  messageId: string,
  text: string,
): Promise<ChatReceipt> {
  return request("POST", `${base}/conversations/${id}/messages`, { agent, messageId, text });
}

export function closeConversation(id: string, agent: string): Promise<ChatReceipt> {
  return request("POST", `${base}/conversations/${id}/close`, { agent });
}

export function readAvailability(): Promise<Availability> {
  return request("GET", `${base}/availability`);
}

export function setAvailability(agent: string, available: boolean): Promise<Availability> {
  return request("PUT", `${base}/availability`, { agent, available });
}
