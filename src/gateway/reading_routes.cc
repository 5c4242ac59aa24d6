// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>

#include "core/risk/struggle.h"
#include "gateway/gateway.h"

// What a provider would be told of a visitor's journey now, word for word: for whoever answers for that.
namespace handrail::gateway {
namespace {

namespace json = boost::json;

core::Digest digest_now(const core::Visitor& visitor, UnixMillis at, const core::RulesInForce& held) {
  const core::ExitRisk* said = visitor.journey.served_risk(at);
  return core::digest_of({visitor.journey, visitor.profile, held.rules.goals, held.rules.analyst, held.weights, at,
                          core::struggle(visitor.journey.evidence, at, held.weights),
                          said == nullptr ? std::nullopt : std::optional(said->score)});
}

}  // namespace

void Gateway::add_reading_routes() {
  if (!ports_.prompt_of) return;
  router_.add(Method::kGet, "/v1/visitors/{visitor}/prompt", Access::kRead, [this](const CallPtr& call) {
    with_visitor(call, [this, call](const core::Visitor& visitor) {
      const core::RulesInForce held = rules_now(call->caller.site);
      const PromptText prompt = ports_.prompt_of(digest_now(visitor, visitor.log_time, held), held.rules.analyst);
      call->respond(json_response(json::serialize(
          json::object{{"journeyId", visitor.journey.id.hex()},
                       {"at", visitor.log_time},
                       {"version", prompt.version},
                       {"system", prompt.system},
                       {"user", prompt.user},
                       {"mayLeave", visitor.profile.may_be_read_outside(held.rules.analyst, held.rules.privacy)}})));
    });
  });
}

}  // namespace handrail::gateway
