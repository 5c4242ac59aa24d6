// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/json.hpp>

#include "gateway/gateway.h"
#include "gateway/small_body.h"

// The routes of the original demo app, in its shapes: what its pages call keeps working.
namespace handrail::gateway {
namespace {

namespace json = boost::json;

json::object event_result(const EventResult& result, UnixMillis at) {
  if (!result.fault)
    return {{"eventId", result.event_id},
            {"message", "Event tracked successfully"},
            {"timestamp", at},
            {"status", "success"}};
  return {{"eventId", nullptr},
          {"message", "Failed to track event: " + result.fault->field + " " + result.fault->detail},
          {"timestamp", at},
          {"status", "error"},
          {"code", result.fault->code},
          {"field", result.fault->field}};
}

HttpResponse failed_to_track(int status, const std::string& why, UnixMillis at) {
  HttpResponse response{
      status,
      "application/json",
      json::serialize(json::object{
          {"eventId", nullptr}, {"message", "Failed to track event: " + why}, {"timestamp", at}, {"status", "error"}}),
      {}};
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse refused_batch(int status, const std::string& why) {
  HttpResponse response{status, "application/json", json::serialize(json::object{{"error", why}}), {}};
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

int status_of(const Error& error) {
  return error.code == ErrorCode::kLimitExceeded ? 413 : error.code == ErrorCode::kInvalidArgument ? 400 : 503;
}

HttpResponse none_pending() { return json_response(R"({"hasPendingIntervention":false,"intervention":null})"); }

// A displayed offer is live, and no longer pending.
bool is_pending(const core::Intervention* offer) {
  return offer != nullptr && offer->state == core::OfferState::kPending;
}

HttpResponse pending(const core::Intervention& i, const std::string& user_id) {
  json::object payload{{"interventionType", "live_chat_offer"},
                       {"riskLevel", i.risk >= 85 ? "critical" : "high"},
                       {"riskScore", i.risk},
                       {"context", i.words},
                       {"interventionId", i.id.hex()}};
  if (!i.message.empty()) payload["message"] = i.message;
  if (i.trigger == core::Trigger::kPersistentRisk) {
    payload["riskLevel"] = "high";
    payload["triggerReason"] = "persistent_risk";
    payload["highRiskCount"] = i.high_risk_count;
  }
  return json_response(json::serialize(json::object{{"hasPendingIntervention", true},
                                                    {"intervention", json::object{{"interventionId", i.id.hex()},
                                                                                  {"type", "critical_intervention"},
                                                                                  {"action", "show_live_chat_popup"},
                                                                                  {"userId", user_id},
                                                                                  {"payload", std::move(payload)}}}}));
}

// The original page says that its chat offer was accepted only by this user action.
bool accepts_the_offer(const core::Record& record) {
  const auto* event = std::get_if<core::Event>(&record.body);
  return event != nullptr && event->type == "user_action" &&
         event->data_json.find("\"live_chat_accepted\"") != std::string::npos;
}

}  // namespace

void Gateway::add_mission_routes() {
  const auto append_with_acceptance = [this](const CallPtr& call, Intake intake, RecordSink::Appended done) {
    for (std::size_t i = 0, count = intake.records.size(); i < count; ++i) {
      const bool accepts = accepts_the_offer(intake.records[i]) && call->caller.speaks_for(intake.records[i].visitor);
      if (!accepts) continue;
      const core::Intervention* offer = ports_.hub.latest_offer(intake.records[i].key());
      if (offer != nullptr)
        intake.records.push_back(
            record_of(*call, intake.records[i].visitor, core::Answer{offer->id, core::AnswerKind::kAccepted}));
    }
    append(std::move(intake.records), std::move(done));
  };

  router_.add(Method::kPost, "/api/events/track", Access::kSend, [this, append_with_acceptance](const CallPtr& call) {
    call->exchange = ingest_.counting(std::move(call->exchange));
    if (!within_site_rate(call)) return;
    const UnixMillis at = call->request.received_at / 1000;
    const Arrival arrival = arrival_of(*call);
    auto intake = decode([&] { return read_mission_event(call->request.body, arrival, options_.intake); });
    if (!intake) return call->respond(failed_to_track(status_of(intake.error()), intake.error().message, at));
    vet(*call, *intake);
    ingest_.take(*intake);
    const EventResult result = intake->results.front();
    if (result.fault) return call->respond(failed_to_track(400, result.fault->field + " " + result.fault->detail, at));
    if (!admit_visitor(call, intake->records.front().key())) return ingest_.count_refused(1);
    std::string body = json::serialize(event_result(result, at));
    append_with_acceptance(
        call, std::move(*intake), [this, call, at, body = std::move(body)](const Result<Receipt>& receipt) mutable {
          receipt ? ingest_.count_accepted(1) : ingest_.count_refused(1);
          if (!receipt) return call->respond(failed_to_track(status_of(receipt.error()), receipt.error().message, at));
          call->respond(acknowledged(std::move(body)));
        });
  });

  router_.add(Method::kPost, "/api/events/track/batch", Access::kSend,
              [this, append_with_acceptance](const CallPtr& call) {
                call->exchange = ingest_.counting(std::move(call->exchange));
                if (!within_site_rate(call)) return;
                const UnixMillis at = call->request.received_at / 1000;
                const Arrival arrival = arrival_of(*call);
                auto intake = decode([&] { return read_mission_batch(call->request.body, arrival, options_.intake); });
                if (!intake) return call->respond(refused_batch(status_of(intake.error()), intake.error().message));
                vet(*call, *intake);
                json::array results;
                for (const EventResult& result : intake->results) results.push_back(event_result(result, at));
                const std::size_t accepted = intake->records.size();
                ingest_.take(*intake);
                std::string body = json::serialize(results);
                if (accepted == 0) return call->respond(json_response(std::move(body)));
                if (!admit_visitor(call, intake->records.front().key())) return ingest_.count_refused(accepted);
                append_with_acceptance(
                    call, std::move(*intake),
                    [this, call, accepted, body = std::move(body)](const Result<Receipt>& receipt) mutable {
                      receipt ? ingest_.count_accepted(accepted) : ingest_.count_refused(accepted);
                      if (!receipt)
                        return call->respond(refused_batch(status_of(receipt.error()), receipt.error().message));
                      call->respond(acknowledged(std::move(body)));
                    });
              });

  router_.add(Method::kGet, "/api/interventions/{userId}/pending", Access::kVisit, [this](const CallPtr& call) {
    const std::string user = call->params[0];
    const std::string session = call->request.param("sessionId").value_or("");
    if (user == "anonymous" && session.empty()) return call->respond(none_pending());
    const std::string visitor = user == "anonymous" ? session : user;
    if (!may_speak_for(call, visitor)) return;
    if (const core::Intervention* live = ports_.hub.live_offer(key_of(*call, visitor)); is_pending(live))
      return call->respond(pending(*live, user));
    read(call, [this, call, user, visitor] {
      auto keys = keys_of_user(*call, visitor);
      transport_->post([this, call, user, keys = std::move(keys)] {
        for (const VisitorKey& key : keys) {
          const core::Intervention* live = ports_.hub.live_offer(key);
          if (is_pending(live) && live->user_id == user) return call->respond(pending(*live, user));
        }
        call->respond(none_pending());
      });
    });
  });

  router_.add(Method::kPost, "/api/interventions/log", Access::kVisit, [this](const CallPtr& call) {
    std::string user;
    std::string session;
    std::string intervention;
    std::size_t action = 0;
    static constexpr core::AnswerKind kActions[] = {core::AnswerKind::kDisplayed, core::AnswerKind::kDismissed,
                                                    core::AnswerKind::kAccepted, core::AnswerKind::kSnoozed};
    const bool readable = read_body(call, [&](JsonReader& in) {
      user = in.text("userId", 200);
      session = in.optional_text("sessionId", 200);
      intervention = in.optional_text("interventionId", 32);
      action = in.one_of("action", {"displayed", "dismissed", "accepted", "snoozed"});
    });
    if (!readable) return;
    const std::string visitor = user == "anonymous" && !session.empty() ? session : user;
    if (!may_speak_for(call, visitor)) return;
    read(call, [this, call, visitor, intervention, kind = kActions[action]] {
      auto keys = keys_of_user(*call, visitor);
      transport_->post([this, call, keys = std::move(keys), intervention, kind] {
        for (const VisitorKey& key : keys) {
          const core::Intervention* offer = ports_.hub.latest_offer(key);
          if (offer == nullptr || (!intervention.empty() && offer->id.hex() != intervention)) continue;
          const std::string id = offer->id.hex();
          return answer_offer(
              call, key, offer->visitor, core::Answer{offer->id, kind}, [call, id](const std::string& state) {
                call->respond(json_response(
                    json::serialize(json::object{{"status", "success"}, {"interventionId", id}, {"state", state}})));
              });
        }
        call->respond(json_response(R"({"status":"success","interventionId":null,"state":"none"})"));
      });
    });
  });

  router_.add(Method::kGet, "/api/health", Access::kOpen, [this](const CallPtr& call) {
    const bool up = ready_ && ports_.log.health().has_value();
    HttpResponse response =
        json_response(json::serialize(json::object{{"status", up ? "UP" : "DOWN"},
                                                   {"message", up ? "Handrail is running" : "Handrail is not ready"},
                                                   {"timestamp", ports_.clock.now() / 1000},
                                                   {"service", "handrail"},
                                                   {"version", options_.version},
                                                   {"realTimeEnabled", true}}));
    response.status = up ? 200 : 503;
    response.headers = {{"X-Frame-Options", "DENY"}, {"Content-Security-Policy", "default-src 'none'"}};
    call->respond(std::move(response));
  });
}

}  // namespace handrail::gateway
