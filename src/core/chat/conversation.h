// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/event/record.h"

namespace handrail::core {

enum class ConversationState : std::uint8_t { kWaiting, kActive, kClosed };
constexpr std::uint64_t enum_end(ConversationState) { return 3; }
std::string_view name_of(ConversationState state);
std::string_view name_of(ChatEvent event);
std::string_view name_of(ChatAuthor author);

// A visitor and an agent talking. The texts are in the log and in a projection; this is what the fold needs.
struct Conversation {
  static constexpr std::size_t kRecentMax = 64;

  ConversationId id;
  std::string site;
  std::string visitor;
  ConversationState state = ConversationState::kWaiting;
  UnixMillis opened_at = 0;
  std::optional<UnixMillis> answered_at;
  std::optional<UnixMillis> closed_at;
  bool unanswered = false;  // nobody replied in time, and the visitor was told
  std::string agent;
  InterventionId intervention;  // the offer that led here, or zero
  DecisionId decision;
  std::optional<int> risk_at_offer;
  std::string words;  // why help was offered
  std::string last_text;
  ChatAuthor last_from = ChatAuthor::kVisitor;
  UnixMillis last_at = 0;
  std::vector<std::uint64_t> recent;  // hashes of message ids: a repeat changes nothing

  bool awaits_answer() const { return state == ConversationState::kWaiting && !unanswered; }
};
template <class A>
void fields(A& a, Conversation& c) {
  a(c.id, c.site, c.visitor, c.state, c.opened_at, c.answered_at, c.closed_at, c.unanswered, c.agent, c.intervention,
    c.decision, c.risk_at_offer, c.words, c.last_text, c.last_from, c.last_at, c.recent);
}

// One line of a conversation as both sides see it.
struct ChatMessage {
  ConversationId conversation;
  std::string message_id;
  ChatEvent event = ChatEvent::kMessage;
  ChatAuthor from = ChatAuthor::kVisitor;
  std::string name;
  std::string text;
  UnixMillis at = 0;
  Offset offset = 0;
};
template <class A>
void fields(A& a, ChatMessage& m) {
  a(m.conversation, m.message_id, m.event, m.from, m.name, m.text, m.at, m.offset);
}
ChatMessage message_of(const Chat& chat, UnixMillis at, Offset offset);

// Applies one chat record to the visitor's conversation. False when it changes nothing: a repeat, another
// conversation's, or one that has ended.
bool apply_chat(std::optional<Conversation>& conversation, const Chat& chat, UnixMillis at);

// A conversation's id: of the offer that led to it, else of the client's message id. Opening twice opens one.
ConversationId conversation_id(std::string_view site, std::string_view visitor, std::string_view cause);

}  // namespace handrail::core
