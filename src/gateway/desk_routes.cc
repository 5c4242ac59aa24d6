// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "core/control/control.h"
#include "gateway/gateway.h"
#include "gateway/small_body.h"
#include "gateway/views.h"

namespace handrail::gateway {
namespace {

constexpr std::size_t kConversationsMax = 500;
constexpr std::size_t kMessagesMax = 2000;
constexpr std::size_t kAgentBytes = 60;

}  // namespace

void Gateway::add_desk_routes() {
  router_.add(Method::kGet, "/v1/desk/conversations", Access::kDesk, [this](const CallPtr& call) {
    const std::string state = call->request.param("state").value_or("open");
    if (state != "open" && state != "closed" && state != "all")
      return call->respond(problem(400, "out_of_range", "state must be open, closed or all", "state"));
    read_settled(call, [this, call, state] {
      auto conversations = ports_.reader.conversations(state != "open", kConversationsMax);
      if (!conversations) return call->respond(problem(conversations.error()));
      boost::json::array items;
      for (const core::Conversation& c : *conversations) {
        if (c.site != call->caller.site) continue;
        if (state == "closed" && c.state != core::ConversationState::kClosed) continue;
        items.push_back(view(c));
      }
      call->respond(json_response(boost::json::serialize(boost::json::object{{"items", std::move(items)}})));
    });
  });

  router_.add(Method::kGet, "/v1/desk/conversations/{id}", Access::kDesk, [this](const CallPtr& call) {
    const auto id = Id128::parse(call->params[0]);
    if (!id) return call->respond(problem(404, "not_found", "no such conversation"));
    read_settled(call, [this, call, id = ConversationId{*id}] {
      auto conversation = ports_.reader.conversation(id);
      if (!conversation) return call->respond(problem(conversation.error()));
      if (!*conversation || (*conversation)->site != call->caller.site)
        return call->respond(problem(404, "not_found", "no such conversation"));
      auto messages = ports_.reader.messages(id, std::nullopt, kMessagesMax);
      if (!messages) return call->respond(problem(messages.error()));
      call->respond(json_response(boost::json::serialize(view(**conversation, *messages))));
    });
  });

  const auto agent_line = [this](core::ChatEvent event) {
    return [this, event](const CallPtr& call) {
      const auto id = Id128::parse(call->params[0]);
      if (!id) return call->respond(problem(404, "not_found", "no such conversation"));
      core::Chat chat;
      chat.conversation = ConversationId{*id};
      chat.event = event;
      chat.from = core::ChatAuthor::kAgent;
      const bool readable = read_body(call, [&](JsonReader& in) {
        chat.name = in.text("agent", kAgentBytes);
        if (event == core::ChatEvent::kClosed) {
          chat.message_id = "closed-" + call->params[0].substr(0, 12);
        } else {
          chat.message_id = in.text("messageId", 64);
          chat.text = in.text("text", options_.chat_text_bytes_max);
        }
      });
      if (!readable) return;
      read_settled(call, [this, call, chat] {
        auto conversation = ports_.reader.conversation(chat.conversation);
        if (!conversation) return call->respond(problem(conversation.error()));
        if (!*conversation || (*conversation)->site != call->caller.site)
          return call->respond(problem(404, "not_found", "no such conversation"));
        if ((*conversation)->state == core::ConversationState::kClosed)
          return call->respond(problem(409, "closed", "the conversation has ended"));
        send_chat(call, (*conversation)->visitor, {chat});
      });
    };
  };
  router_.add(Method::kPost, "/v1/desk/conversations/{id}/messages", Access::kDesk,
              agent_line(core::ChatEvent::kMessage));
  router_.add(Method::kPost, "/v1/desk/conversations/{id}/close", Access::kDesk, agent_line(core::ChatEvent::kClosed));

  router_.add(Method::kGet, "/v1/desk/availability", Access::kDesk,
              [this](const CallPtr& call) { call->respond(json_response(availability_json(call->caller.site))); });

  router_.add(Method::kPut, "/v1/desk/availability", Access::kDesk, [this](const CallPtr& call) {
    std::string agent;
    std::optional<bool> available;
    const bool readable = read_body(call, [&](JsonReader& in) {
      agent = in.text("agent", kAgentBytes);
      available = in.optional_flag("available");
      if (!available) in.fail("available", "missing_field", "is required");
    });
    if (!readable) return;
    set_availability({call->caller.site, agent}, *available, [this, call](const Result<Receipt>& receipt) {
      if (!receipt) return call->respond(problem(receipt.error()));
      transport_->post([this, call] { call->respond(json_response(availability_json(call->caller.site))); });
    });
  });

  router_.add(Method::kGet, "/v1/desk/stream", Access::kDesk, [this](const CallPtr& call) {
    const std::string agent = call->request.param("agent").value_or("");
    if (agent.empty() || agent.size() > kAgentBytes)
      return call->respond(problem(400, "missing_field", "agent is required, at most 60 bytes", "agent", kAgentBytes));
    if (!ready_) return call->respond(problem(503, "draining", "the server is going away; connect again"));
    auto stream = call->exchange->open_stream({});
    ports_.hub.add_desk({call->caller.site, agent}, stream);
    stream->send("availability", availability_json(call->caller.site));
  });
}

void Gateway::set_availability(const Hub::AgentName& agent, bool available, std::function<void(Result<Receipt>)> done) {
  const UnixMicros now = ports_.clock.now();
  const UnixMillis effective = now / 1000 + core::ControlState::kLeadTime;
  append({{agent.first, {}, now, 0, core::AgentAvailability{agent.second, available, effective}}},
         [this, agent, available, effective, done = std::move(done)](const Result<Receipt>& receipt) {
           if (receipt) {
             transport_->post([this, agent, available, effective] {
               ports_.hub.set_available(agent, available, effective);
               ports_.hub.tell_desks(agent.first, "availability", availability_json(agent.first));
             });
           }
           done(receipt);
         });
}

std::string Gateway::availability_json(const std::string& site) const {
  boost::json::array agents;
  for (const auto& [name, state] : ports_.hub.agents(site)) {
    agents.push_back(boost::json::object{{"agent", name}, {"available", state.available}, {"since", state.since}});
  }
  return boost::json::serialize(
      boost::json::object{{"available", ports_.hub.available(site)}, {"agents", std::move(agents)}});
}

}  // namespace handrail::gateway
