// SPDX-License-Identifier: Apache-2.0
#include "core/chat/conversation.h"

#include <algorithm>
#include <array>

#include "base/bounded.h"

namespace handrail::core {
namespace {

constexpr std::size_t kPreviewBytes = 200;

bool is_repeat(Conversation& conversation, std::string_view message_id) {
  const std::uint64_t hash = hash64(message_id);
  if (std::find(conversation.recent.begin(), conversation.recent.end(), hash) != conversation.recent.end()) return true;
  push_bounded(conversation.recent, hash, Conversation::kRecentMax);
  return false;
}

bool open(std::optional<Conversation>& conversation, const Chat& chat, UnixMillis at) {
  const bool is_known =
      conversation && (conversation->id == chat.conversation || conversation->state != ConversationState::kClosed);
  if (is_known) return false;
  conversation.emplace();
  conversation->id = chat.conversation;
  conversation->opened_at = at;
  conversation->last_at = at;
  conversation->intervention = chat.intervention;
  return true;
}

void take_line(Conversation& conversation, const Chat& chat, UnixMillis at) {
  conversation.last_text = cut_utf8(chat.text, kPreviewBytes);
  conversation.last_from = chat.from;
  conversation.last_at = at;
  if (chat.from != ChatAuthor::kAgent || conversation.answered_at) return;
  conversation.answered_at = at;
  conversation.agent = chat.name;
  conversation.state = ConversationState::kActive;
}

}  // namespace

std::string_view name_of(ConversationState state) {
  static constexpr std::array<std::string_view, 3> kNames = {"waiting", "active", "closed"};
  return kNames[static_cast<std::size_t>(state)];
}
std::string_view name_of(ChatEvent event) {
  static constexpr std::array<std::string_view, 4> kNames = {"opened", "message", "unanswered", "closed"};
  return kNames[static_cast<std::size_t>(event)];
}
std::string_view name_of(ChatAuthor author) {
  static constexpr std::array<std::string_view, 3> kNames = {"visitor", "agent", "system"};
  return kNames[static_cast<std::size_t>(author)];
}

ChatMessage message_of(const Chat& chat, UnixMillis at, Offset offset) {
  return {chat.conversation, chat.message_id, chat.event, chat.from, chat.name, chat.text, at, offset};
}

bool apply_chat(std::optional<Conversation>& conversation, const Chat& chat, UnixMillis at) {
  if (chat.event == ChatEvent::kOpened) return open(conversation, chat, at);
  if (!conversation || conversation->id != chat.conversation) return false;
  if (conversation->state == ConversationState::kClosed || is_repeat(*conversation, chat.message_id)) return false;
  if (chat.event == ChatEvent::kClosed) {
    conversation->state = ConversationState::kClosed;
    conversation->closed_at = at;
    return true;
  }
  take_line(*conversation, chat, at);
  return true;
}

ConversationId conversation_id(std::string_view site, std::string_view visitor, std::string_view cause) {
  return ConversationId{id_of({"conversation", site, visitor, cause})};
}

}  // namespace handrail::core
