// SPDX-License-Identifier: Apache-2.0
#include "evaluation/rehearsal.h"

#include "base/check.h"
#include "core/risk/struggle.h"
#include "gateway/codec/intake.h"
#include "simulate/population.h"

namespace handrail::evaluation {

void Rehearsal::play(const simulate::Visitor& visitor, simulate::Act act) {
  if (act.events.empty()) return;
  const Millis sent = act.events.back().at;
  std::string body = simulate::body_of({sent, 0, std::move(act.events)}, visitor, kBegins);
  auto intake = gateway::read_sdk_batch(body, gateway::arrival_of(visitor.user_agent(), (kBegins + sent) * 1000), {});
  check(intake.has_value(), "simulated visitors send what the gateway can read");
  for (core::Record& record : intake->records) fold_in(std::move(record));
}

void Rehearsal::tell(Millis at, std::string type, core::Fact fact) {
  core::Event event;
  event.type = std::move(type);
  event.anonymous_id = "rehearsal";
  event.session_id = "rehearsal";
  event.tab_id = "tab";
  event.seq = ++seq_;
  event.id = core::fact_name(event.tab_id, event.seq);
  event.occurred_at = kBegins + at;
  event.mono = at;
  event.fact = std::move(fact);
  event.data_json = "{}";
  fold_in({"default", event.anonymous_id, (kBegins + at) * 1000, 0, std::move(event)});
}

void Rehearsal::fold_in(core::Record record) {
  core::fold({rules_, control_}, visitor_, {next_++, std::move(record)}, effects_);
}

core::Digest Rehearsal::digest() const {
  const core::Weights& weights = core::catalogue_weights();
  const int struggle_now = core::struggle(visitor_.journey.evidence, visitor_.log_time, weights);
  return core::digest_of({visitor_.journey, visitor_.profile, rules_.goals, rules_.analyst, weights, visitor_.log_time,
                          struggle_now, std::nullopt});
}

}  // namespace handrail::evaluation
