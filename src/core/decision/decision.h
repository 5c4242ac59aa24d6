// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/control/rules_stamp.h"
#include "core/decision/intervention.h"
#include "core/decision/policy.h"
#include "core/experiment/exposure.h"
#include "core/journey/journey.h"
#include "core/risk/exit_artefact.h"
#include "core/risk/struggle.h"

namespace handrail::core {

enum class Gate : std::uint8_t {
  kRisk,
  kFresh,
  kConsent,
  kHoldout,
  kLiveOffer,
  kSessionCap,
  kDayCap,
  kCooldown,
  kSnoozed,
  kDeclined,
  kIncident,
  kAgent,
};
constexpr std::uint64_t enum_end(Gate) { return 12; }
std::string_view name_of(Gate gate);

// One gate's verdict in words. All gates are asked, also after a rejection: "why not" is the whole answer.
struct GateVerdict {
  Gate gate = Gate::kRisk;
  bool passed = false;
  std::string detail;
};
template <class A>
void fields(A& a, GateVerdict& v) {
  a(v.gate, v.passed, v.detail);
}

// Who said the exit probability that counted.
enum class RiskSource : std::uint8_t { kEmbedded, kEndpoint };
constexpr std::uint64_t enum_end(RiskSource) { return 2; }
std::string_view name_of(RiskSource source);

// To offer help or not, with every gate's verdict written down.
struct Decision {
  DecisionId id;
  std::string site;
  std::string visitor;
  JourneyId journey;
  UnixMillis at = 0;
  std::string cause;  // id of the event, "timer", or "prediction:" and after which event: its log time, its number
  bool offered = false;
  Trigger trigger = Trigger::kRisingEdge;
  int risk = 0;
  int struggle = 0;
  std::optional<InterventionId> intervention;
  std::vector<GateVerdict> gates;
  std::vector<Contribution> contributions;
  RulesStamp rules;  // that held
  // Where only the draw could still turn it: what was drawn, and the probability of help.
  std::optional<Arm> arm;
  int help_percent = 100;
  // Where a model spoke: its version (0: none did), the exit probability in 1/65536, the score that counted for the
  // risk, and why; the reasons are the model's own, also where an endpoint spoke for it.
  std::uint64_t model = 0;
  std::uint32_t exit_probability = 0;
  int model_score = 0;
  std::vector<Reason> reasons;
  RiskSource source = RiskSource::kEmbedded;
};
template <class A>
void fields(A& a, Decision& d) {
  a(d.id, d.site, d.visitor, d.journey, d.at, d.cause, d.offered, d.trigger, d.risk, d.struggle, d.intervention,
    d.gates, d.contributions);
  if (a.more()) a(d.rules, d.arm, d.help_percent);
  // Not written where no model spoke: such a decision's bytes, and its hash, are what they were before there were any.
  if (A::kReading ? a.more() : d.model > 0) a(d.model, d.exit_probability, d.model_score, d.reasons);
  if (A::kReading ? a.more() : d.source != RiskSource::kEmbedded) a(d.source);
}

// What a decision is made from.
struct DecisionInput {
  const Policy& policy;
  const Weights& weights;
  RulesStamp rules;
  const PrivacyRules& privacy;
  Arm arm;  // that the visitor is drawn into
  const Profile& profile;
  const Journey& journey;
  const std::optional<Intervention>& offer;  // the visitor's newest, live or not
  int agents_available;
  std::string_view site;
  std::string_view visitor;
  std::string_view cause;
  UnixMillis at;
  Millis late_by;  // how long the cause took to reach us
  Trigger trigger;
  int risk;
  int struggle;
};

// Asks every gate. Pure; the id is a hash of site, visitor, cause, rule and kind.
Decision decide(const DecisionInput& input);

// The offer that a positive decision makes.
Intervention offer_of(const DecisionInput& input, const Decision& decision);

}  // namespace handrail::core
