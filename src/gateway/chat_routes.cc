// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "gateway/gateway.h"
#include "gateway/small_body.h"
#include "gateway/views.h"

namespace handrail::gateway {
namespace {

constexpr std::size_t kMessagesMax = 2000;
constexpr std::size_t kMessageIdBytes = 64;

}  // namespace

void Gateway::add_chat_routes() {
  router_.add(Method::kPost, "/v1/chat/conversations", Access::kVisit, [this](const CallPtr& call) {
    Speaker speaker;
    std::string intervention;
    std::string message_id;
    std::string text;
    const bool readable = read_body(call, [&](JsonReader& in) {
      speaker = read_speaker(in);
      intervention = in.optional_text("interventionId", 32);
      message_id = in.optional_text("messageId", kMessageIdBytes);
      text = in.optional_text("text", options_.chat_text_bytes_max);
      if (!in.fault() && intervention.empty() && message_id.empty())
        in.fail("messageId", "missing_field", "interventionId or messageId is required");
      if (!in.fault() && !text.empty() && message_id.empty())
        in.fail("messageId", "missing_field", "a text needs its messageId");
    });
    if (!readable || !may_speak_for(call, speaker.visitor, speaker.user_id)) return;
    read_settled(
        call, key_of(*call, speaker.visitor), [this, call, visitor = speaker.visitor, intervention, message_id, text] {
          auto known = ports_.reader.visitor(key_of(*call, visitor));
          if (!known) return call->respond(problem(known.error()));
          core::Chat opened;
          opened.event = core::ChatEvent::kOpened;
          opened.conversation =
              core::conversation_id(call->caller.site, visitor, intervention.empty() ? message_id : intervention);
          // One conversation at a time: the open one goes on, whatever it is opened by.
          if (*known && (*known)->conversation && (*known)->conversation->state != core::ConversationState::kClosed) {
            opened.conversation = (*known)->conversation->id;
          }
          opened.message_id = "opened-" + opened.conversation.hex().substr(0, 12);
          if (const auto id = Id128::parse(intervention)) opened.intervention = InterventionId{*id};
          std::vector<core::Chat> lines{opened};
          if (!text.empty())
            lines.push_back(
                {opened.conversation, core::ChatEvent::kMessage, core::ChatAuthor::kVisitor, message_id, {}, text, {}});
          send_chat(call, visitor, std::move(lines));
        });
  });

  router_.add(Method::kGet, "/v1/chat/conversations/{id}", Access::kVisit, [this](const CallPtr& call) {
    const auto id = Id128::parse(call->params[0]);
    const std::string anonymous = call->request.param("anonymousId").value_or("");
    const std::string visitor = anonymous.empty() ? call->request.param("userId").value_or("") : anonymous;
    if (!id) return call->respond(problem(404, "not_found", "no such conversation"));
    if (!may_speak_for(call, visitor)) return;
    read_settled(call, key_of(*call, visitor), [this, call, id = ConversationId{*id}, visitor] {
      auto conversation = ports_.reader.conversation(id);
      if (!conversation) return call->respond(problem(conversation.error()));
      if (!*conversation || (*conversation)->site != call->caller.site || (*conversation)->visitor != visitor)
        return call->respond(problem(404, "not_found", "no such conversation of this visitor"));
      auto messages = ports_.reader.messages(id, std::nullopt, kMessagesMax);
      if (!messages) return call->respond(problem(messages.error()));
      call->respond(json_response(boost::json::serialize(view(**conversation, *messages))));
    });
  });

  // A line of the visitor's: only into a conversation of their own that is open.
  const auto visitor_line = [this](core::ChatEvent event) {
    return [this, event](const CallPtr& call) {
      const auto id = Id128::parse(call->params[0]);
      if (!id) return call->respond(problem(404, "not_found", "no such conversation"));
      Speaker speaker;
      core::Chat chat;
      chat.conversation = ConversationId{*id};
      chat.event = event;
      const bool readable = read_body(call, [&](JsonReader& in) {
        speaker = read_speaker(in);
        if (event == core::ChatEvent::kClosed) {
          chat.message_id = "closed-" + call->params[0].substr(0, 12);
        } else {
          chat.message_id = in.text("messageId", kMessageIdBytes);
          chat.text = in.text("text", options_.chat_text_bytes_max);
        }
      });
      if (!readable || !may_speak_for(call, speaker.visitor, speaker.user_id)) return;
      read_settled(call, key_of(*call, speaker.visitor), [this, call, speaker, chat] {
        auto conversation = ports_.reader.conversation(chat.conversation);
        if (!conversation) return call->respond(problem(conversation.error()));
        if (!*conversation || (*conversation)->site != call->caller.site || (*conversation)->visitor != speaker.visitor)
          return call->respond(problem(404, "not_found", "no such conversation of this visitor"));
        if ((*conversation)->state == core::ConversationState::kClosed)
          return call->respond(problem(409, "closed", "the conversation has ended"));
        send_chat(call, speaker.visitor, {chat});
      });
    };
  };
  router_.add(Method::kPost, "/v1/chat/conversations/{id}/messages", Access::kVisit,
              visitor_line(core::ChatEvent::kMessage));
  router_.add(Method::kPost, "/v1/chat/conversations/{id}/close", Access::kVisit,
              visitor_line(core::ChatEvent::kClosed));
}

// Appends the lines in the visitor's own order and pushes them to both sides as soon as they are durable.
void Gateway::send_chat(const CallPtr& call, const std::string& visitor, std::vector<core::Chat> lines) {
  std::vector<core::Record> records;
  for (const core::Chat& line : lines) records.push_back(record_of(*call, visitor, line));
  const UnixMillis at = records.front().received_at / 1000;
  append(std::move(records), [this, call, key = key_of(*call, visitor), at,
                              lines = std::move(lines)](const Result<Receipt>& receipt) {
    if (!receipt) return call->respond(problem(receipt.error()));
    transport_->post([this, call, key, at, lines, first = receipt->first] {
      boost::json::object answer{
          {"conversationId", lines.back().conversation.hex()}, {"messageId", lines.back().message_id}, {"at", at}};
      if (first) {  // else they come with the fold's news
        for (std::size_t i = 0; i < lines.size(); ++i)
          ports_.hub.push_chat(call->caller.site, key, core::message_of(lines[i], at, *first + i));
        answer["offset"] = *first + lines.size() - 1;
      }
      call->respond(acknowledged(boost::json::serialize(answer)));
    });
  });
}

}  // namespace handrail::gateway
