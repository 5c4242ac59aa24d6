// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>

#include "gateway/access/access_views.h"
#include "gateway/gateway.h"
#include "gateway/long_poll.h"
#include "gateway/small_body.h"
#include "gateway/views.h"

namespace handrail::gateway {
namespace {

constexpr std::size_t kReplayMessagesMax = 500;
constexpr std::int64_t kWaitDefault = 25;

std::optional<core::AnswerKind> answer_kind(std::string_view name) {
  for (int i = 0; i < 5; ++i) {
    const auto kind = static_cast<core::AnswerKind>(i);
    if (core::name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

std::optional<Offset> offset_in(std::string_view text) {
  if (text.empty() || text.size() > 18 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  return std::stoull(std::string(text));
}

}  // namespace

void Gateway::add_help_routes() {
  router_.add(Method::kGet, "/v1/stream", Access::kVisit, [this](const CallPtr& call) {
    const std::string anonymous = call->request.param("anonymousId").value_or("");
    const std::string user = call->request.param("userId").value_or("");
    if (anonymous.empty() && user.empty())
      return call->respond(problem(400, "missing_field", "anonymousId or userId is required", "anonymousId"));
    if ((!anonymous.empty() && !is_id(anonymous)) || (!user.empty() && !is_id(user))) {
      return call->respond(problem(400, "bad_id", "ids may hold letters, digits and _ . : @ -", "anonymousId"));
    }
    if (!may_speak_for(call, anonymous.empty() ? user : anonymous, user)) return;
    if (!anonymous.empty()) return open_page(call, {key_of(*call, anonymous)}, user);
    read_settled(call, key_of(*call, user), [this, call, user] {
      auto keys = keys_of_user(*call, user);
      transport_->post([this, call, user, keys = std::move(keys)] { open_page(call, keys, user); });
    });
  });

  router_.add(Method::kPost, "/v1/interventions/{id}/{answer}", Access::kVisit, [this](const CallPtr& call) {
    const auto id = Id128::parse(call->params[0]);
    const auto kind = answer_kind(call->params[1]);
    if (!id || !kind) return call->respond(problem(404, "not_found", "no such intervention or answer"));
    core::Answer answer;
    answer.intervention = InterventionId{*id};
    answer.kind = *kind;
    Speaker speaker;
    const bool readable = read_body(call, [&](JsonReader& in) {
      speaker = read_speaker(in);
      answer.waited = in.optional_integer("waitedMs", 0, kDay).value_or(0);
      answer.reason = in.optional_text("reason", 40);
      (void)in.one_of("reason", {"typing", "dialog_open", "payment_frame", "hidden", "page_young", "paused"}, 0);
      answer.forever = in.flag("forever", false);
    });
    if (!readable || !may_speak_for(call, speaker.visitor, speaker.user_id)) return;
    const auto answered = [call](const std::string& state) {
      call->respond(
          json_response(boost::json::serialize(boost::json::object{{"id", call->params[0]}, {"state", state}})));
    };
    const VisitorKey key = key_of(*call, speaker.visitor);
    const core::Intervention* known = ports_.hub.latest_offer(key);
    if (known != nullptr && known->id == answer.intervention)
      return answer_offer(call, key, known->visitor, answer, answered);
    read_settled(call, key_of(*call, speaker.visitor), [this, call, speaker, answer, answered] {
      auto found = ports_.reader.intervention(answer.intervention);
      if (!found) return call->respond(problem(found.error()));
      const bool own =
          *found && (*found)->site == call->caller.site &&
          ((*found)->visitor == speaker.visitor || (!speaker.user_id.empty() && (*found)->user_id == speaker.user_id));
      if (!own) return call->respond(problem(404, "not_found", "no such intervention of this visitor"));
      transport_->post([this, call, visitor = (*found)->visitor, answer, answered] {
        answer_offer(call, key_of(*call, visitor), visitor, answer, answered);
      });
    });
  });
}

// Appends the answer and says what state the fold gave the offer, or "recorded" when the fold takes too long.
void Gateway::answer_offer(const CallPtr& call, VisitorKey key, std::string visitor, core::Answer answer,
                           std::function<void(std::string)> answered) {
  const InterventionId id = answer.intervention;
  append({record_of(*call, visitor, std::move(answer))},
         [this, call, key, id, answered = std::move(answered)](const Result<Receipt>& receipt) {
           if (!receipt) return call->respond(problem(receipt.error()));
           if (!receipt->first) return answered("recorded");
           read(call, [this, key, id, answered, at = *receipt->first] {
             const bool folded = ports_.engine.await_folded(at, std::chrono::milliseconds(options_.answer_within));
             transport_->post([this, key, id, answered, folded] {
               const core::Intervention* latest = ports_.hub.latest_offer(key);
               const bool known = folded && latest != nullptr && latest->id == id;
               answered(known ? std::string(core::name_of(latest->state)) : "recorded");
             });
           });
         });
}

// On connecting, a page gets what is true now: its live offer, if any, and the chat messages that it lacks.
void Gateway::open_page(const CallPtr& call, std::vector<VisitorKey> keys, std::string user_id) {
  if (!ready_) return call->respond(problem(503, "draining", "the server is going away; connect again"));
  std::shared_ptr<EventStream> stream;
  if (call->request.header("accept").starts_with("application/json")) {
    std::int64_t wait = kWaitDefault;
    if (const auto asked = call->request.param("wait"))
      wait = std::clamp<std::int64_t>(static_cast<std::int64_t>(offset_in(*asked).value_or(kWaitDefault)), 0,
                                      kWaitDefault);
    auto poll = std::make_shared<LongPoll>(call->exchange, ports_.clock.monotonic_micros() + wait * kSecond * 1000);
    polls_->add(poll);
    stream = std::move(poll);
  } else {
    stream = call->exchange->open_stream({});
  }
  const std::string& site = call->caller.site;
  ports_.hub.add_page(site, keys, user_id, stream);
  const core::PageRules& how = rules_now(site).rules.page;
  pages_told_.try_emplace(site, how);
  stream->send("config", boost::json::serialize(page_config(how)));
  for (const VisitorKey& key : keys) {
    const core::Intervention* live = ports_.hub.live_offer(key);
    const bool for_them = live != nullptr && (user_id.empty() || live->user_id.empty() || live->user_id == user_id);
    if (for_them)
      stream->send("intervention", boost::json::serialize(offer(*live, ports_.hub.greeting_agent(live->site))));
  }
  const auto after = offset_in(call->request.header("last-event-id"));
  reading_->run([this, keys = std::move(keys), stream, after] {
    for (const VisitorKey& key : keys) {
      ports_.engine.settle_visitor(key, std::chrono::milliseconds(options_.read_within));
      auto visitor = ports_.reader.visitor(key);
      if (!visitor || !*visitor || !(*visitor)->conversation) continue;
      const core::Conversation& conversation = *(*visitor)->conversation;
      if (!after && conversation.state == core::ConversationState::kClosed) continue;
      auto messages = ports_.reader.messages(conversation.id, after, kReplayMessagesMax);
      if (!messages) continue;
      for (const core::ChatMessage& message : *messages)
        stream->send("chat", boost::json::serialize(view(message)), std::to_string(message.offset));
    }
  });
}

}  // namespace handrail::gateway
