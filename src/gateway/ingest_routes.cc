// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "gateway/access/claimed_users.h"
#include "gateway/codec/private_fields.h"
#include "gateway/gateway.h"
#include "gateway/gzip.h"
#include "gateway/small_body.h"

namespace handrail::gateway {
namespace {

boost::json::object result_view(const EventResult& result) {
  const Fault& fault = *result.fault;
  boost::json::object out{{"index", result.index},
                          {"result", "rejected"},
                          {"code", fault.code},
                          {"field", fault.field},
                          {"detail", fault.detail}};
  if (fault.limit) out["limit"] = *fault.limit;
  return out;
}

std::string batch_result(std::size_t accepted, const std::vector<EventResult>& results, std::size_t unverified) {
  boost::json::array rejected;
  for (const EventResult& result : results) {
    if (result.fault) rejected.push_back(result_view(result));
  }
  const std::size_t count = rejected.size();
  boost::json::object out{
      {"accepted", accepted}, {"duplicates", 0}, {"rejected", count}, {"results", std::move(rejected)}};
  if (unverified > 0) {
    out["warnings"] = boost::json::array{boost::json::object{
        {"code", "user_not_verified"},
        {"field", "userId"},
        {"events", unverified},
        {"detail", "kept without the userId: it needs a visitor's token that names the user, or a server's key"}}};
  }
  return boost::json::serialize(out);
}

bool is_readable_type(std::string_view content_type) {
  return content_type.empty() || content_type.starts_with("application/json") || content_type.starts_with("text/plain");
}

}  // namespace

void Gateway::add_ingest_routes() {
  router_.add(Method::kPost, "/h/e", Access::kSend, [this](const CallPtr& call) {
    call->exchange = ingest_.counting(std::move(call->exchange));
    if (!within_site_rate(call)) return;
    if (!is_readable_type(call->request.header("content-type"))) {
      return call->respond(problem(415, "unsupported_type", "send application/json or text/plain", "Content-Type"));
    }
    const std::string_view encoding = call->request.header("content-encoding");
    if (encoding == "gzip" || (encoding.empty() && is_gzip(call->request.body))) {
      auto plain = gunzip(call->request.body, options_.server.body_bytes_max);
      if (!plain) return call->respond(envelope_problem(plain.error()));
      call->request.body = std::move(*plain);
    } else if (!encoding.empty() && encoding != "identity") {
      return call->respond(problem(415, "unsupported_encoding", "send gzip or no encoding", "Content-Encoding"));
    }
    const Arrival arrival = arrival_of(*call);
    take_intake(call, decode([&] { return read_sdk_batch(call->request.body, arrival, options_.intake); }));
  });
}

Arrival Gateway::arrival_of(const Call& call) {
  const bool asks_for_privacy = call.request.header("sec-gpc") == "1" || call.request.header("dnt") == "1";
  Arrival arrival = gateway::arrival_of(call.request.header("user-agent"), call.request.received_at, asks_for_privacy);
  arrival.site = call.caller.site;
  return arrival;
}

std::size_t Gateway::vet(const Call& call, Intake& intake) {
  if (const auto& rules = rules_now(call.caller.site).rules.privacy.fields; !rules.empty()) {
    const core::Site* site = guard_.directory().site(call.caller.site);
    const bool has_secret = site != nullptr && !site->token_secrets.empty();
    ingest_.count_redacted(keep_private(intake, rules, has_secret ? site->token_secrets.front() : call.caller.site));
  }
  const bool verifies = verifies_users(call.caller.site);
  if (!verifies || !call.caller.role) return 0;
  return doubt_users(intake, [&](std::string_view user) { return call.caller.vouches_for(user, verifies); });
}

// Answers 200 when what was good is durable. Nothing of an unusable envelope is kept.
void Gateway::take_intake(const CallPtr& call, Result<Intake> intake) {
  if (!intake) return call->respond(envelope_problem(intake.error()));
  const std::size_t unverified = vet(*call, *intake);
  const std::size_t accepted = intake->records.size();
  ingest_.take(*intake);
  std::string body =
      batch_result(accepted, intake->results, unverified);  // here: the log's thread has its next block to write
  if (accepted == 0) return call->respond(json_response(std::move(body)));
  if (!admit_visitor(call, intake->records.front().key())) return ingest_.count_refused(accepted);
  append(std::move(intake->records),
         [this, call, accepted, body = std::move(body)](const Result<Receipt>& receipt) mutable {
           receipt ? ingest_.count_accepted(accepted) : ingest_.count_refused(accepted);
           if (!receipt) return call->respond(problem(receipt.error()));
           call->respond(acknowledged(std::move(body)));
         });
}

}  // namespace handrail::gateway
