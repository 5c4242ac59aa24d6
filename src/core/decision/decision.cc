// SPDX-License-Identifier: Apache-2.0
#include "core/decision/decision.h"

#include <algorithm>
#include <array>

namespace handrail::core {
namespace {

constexpr std::string_view kKind = "live_chat";

std::string seconds(Millis span) {
  const Millis rounded = (span + 999) / kSecond;
  if (rounded < 120) return std::to_string(rounded) + " s";
  return std::to_string((rounded + 59) / 60) + " min";
}

std::string days(Millis span) { return std::to_string((span + kDay - 1) / kDay) + " d"; }

class Gates {
 public:
  explicit Gates(const DecisionInput& input) : in_(input) {}

  std::vector<GateVerdict> ask_all() {
    risk();
    fresh();
    consent();
    holdout();
    live_offer();
    caps();
    cooldown();
    snoozed();
    declined();
    say(Gate::kIncident, true, "no incident (constant in this release)");
    agent();
    return std::move(verdicts_);
  }

 private:
  void say(Gate gate, bool passed, std::string detail) { verdicts_.push_back({gate, passed, std::move(detail)}); }

  void risk() {
    const std::string numbers = "risk " + std::to_string(in_.risk) + ", struggle " + std::to_string(in_.struggle);
    const std::string bar = in_.trigger == Trigger::kRisingEdge ? " crossed " + std::to_string(in_.policy.qualify_risk)
                                                                : ", " + std::to_string(in_.policy.persistent_count) +
                                                                      " of the newest 5 assessments at or above " +
                                                                      std::to_string(in_.policy.persistent_risk);
    say(Gate::kRisk, true, numbers + bar);
  }

  void fresh() {
    const bool passed = in_.late_by <= in_.policy.history_after;
    say(Gate::kFresh, passed,
        passed ? "reached us in time" : "reached us " + seconds(in_.late_by) + " after it happened: history");
  }

  void consent() {
    const Agreement said = in_.profile.consent.consent.assistance;
    const char* word = said == Agreement::kGranted   ? "the visitor agreed to be helped"
                       : said == Agreement::kRefused ? "the visitor refused help"
                                                     : "the visitor was not asked";
    say(Gate::kConsent, in_.profile.may_be_helped(in_.privacy), word);
  }

  void holdout() {
    const int percent = in_.policy.holdout_percent;
    if (percent == 0) return say(Gate::kHoldout, true, "nobody is held out");
    const std::string share = " (" + std::to_string(percent) + " % are held out)";
    say(Gate::kHoldout, in_.arm == Arm::kHelp,
        (in_.arm == Arm::kHelp ? "drawn for help" : "drawn to get none") + share);
  }

  void live_offer() {
    const bool live = in_.offer && is_live(in_.offer->state);
    say(Gate::kLiveOffer, !live, live ? "an offer is live already" : "none is live");
  }

  void caps() {
    const int session = static_cast<int>(in_.journey.offers_displayed);
    say(Gate::kSessionCap, session < in_.policy.offers_per_session,
        std::to_string(session) + " of " + std::to_string(in_.policy.offers_per_session) + " displayed this session");
    const int day = in_.profile.displayed_since(in_.at - kDay);
    say(Gate::kDayCap, day < in_.policy.offers_per_day,
        std::to_string(day) + " of " + std::to_string(in_.policy.offers_per_day) + " displayed in 24 h");
  }

  void cooldown() {
    if (in_.profile.displayed.empty()) return say(Gate::kCooldown, true, "no offer displayed before");
    const Millis since = in_.at - *std::max_element(in_.profile.displayed.begin(), in_.profile.displayed.end());
    const bool passed = since >= in_.policy.cooldown;
    say(Gate::kCooldown, passed,
        passed ? "last displayed " + seconds(since) + " ago"
               : seconds(in_.policy.cooldown - since) + " of cooldown left");
  }

  void snoozed() {
    const Millis left = in_.profile.snoozed_until.value_or(0) - in_.at;
    say(Gate::kSnoozed, left <= 0, left <= 0 ? "not snoozed" : "\"Maybe later\": " + seconds(left) + " left");
  }

  void declined() {
    if (in_.profile.declined_for_good) return say(Gate::kDeclined, false, "\"Don't show again\"");
    if (in_.profile.unsettled) return say(Gate::kDeclined, false, "dismissed just now");
    const Millis left = in_.profile.declined_until.value_or(0) - in_.at;
    say(Gate::kDeclined, left <= 0, left <= 0 ? "not declined" : "declined; " + days(left) + " left");
  }

  void agent() {
    if (!in_.policy.needs_agent) return say(Gate::kAgent, true, "the site does not ask for a free agent");
    const bool free = in_.agents_available > 0;
    say(Gate::kAgent, free,
        free ? std::to_string(in_.agents_available) + " available at the desk" : "nobody is available at the desk");
  }

  const DecisionInput& in_;
  std::vector<GateVerdict> verdicts_;
};

std::string joined_words(const std::vector<Contribution>& reasons) {
  std::string words;
  for (std::size_t i = 0; i < reasons.size() && i < 2; ++i) {
    if (i > 0) words += " and ";
    words += words_for(reasons[i].signal, reasons[i].grade, reasons[i].target);
  }
  return words;
}

}  // namespace

std::string_view name_of(RiskSource source) { return source == RiskSource::kEndpoint ? "endpoint" : "embedded"; }

std::string_view name_of(Gate gate) {
  static constexpr std::array<std::string_view, 12> kNames = {"risk",       "fresh",       "consent",  "holdout",
                                                              "live_offer", "session_cap", "day_cap",  "cooldown",
                                                              "snoozed",    "declined",    "incident", "agent"};
  return kNames[static_cast<std::size_t>(gate)];
}

Decision decide(const DecisionInput& in) {
  Decision decision;
  decision.id = DecisionId{id_of({"decision", in.site, in.visitor, in.cause, name_of(in.trigger), kKind})};
  decision.site = in.site;
  decision.visitor = in.visitor;
  decision.journey = in.journey.id;
  decision.at = in.at;
  decision.cause = in.cause;
  decision.trigger = in.trigger;
  decision.risk = in.risk;
  decision.struggle = in.struggle;
  decision.gates = Gates{in}.ask_all();
  decision.contributions = contributions(in.journey.evidence, in.at, in.weights);
  decision.rules = in.rules;
  const bool is_eligible = std::all_of(decision.gates.begin(), decision.gates.end(),
                                       [](const GateVerdict& v) { return v.passed || v.gate == Gate::kHoldout; });
  decision.help_percent = 100 - in.policy.holdout_percent;
  if (is_eligible) decision.arm = in.arm;
  decision.offered = is_eligible && in.arm == Arm::kHelp;
  if (decision.offered) {
    decision.intervention =
        InterventionId{id_of({"intervention", in.site, in.visitor, in.cause, name_of(in.trigger), kKind})};
  }
  return decision;
}

Intervention offer_of(const DecisionInput& in, const Decision& decision) {
  Intervention offer;
  offer.id = *decision.intervention;
  offer.decision = decision.id;
  offer.journey = decision.journey;
  offer.site = in.site;
  offer.visitor = in.visitor;
  offer.user_id = in.profile.user_id;
  offer.made_at = in.at;
  offer.expires_at = in.at + in.policy.offer_lives;
  offer.trigger = in.trigger;
  offer.risk = in.risk;
  offer.high_risk_count =
      static_cast<int>(std::count_if(in.journey.assessments.begin(), in.journey.assessments.end(),
                                     [&](const Assessment& a) { return a.risk >= in.policy.persistent_risk; }));
  offer.words = joined_words(decision.contributions);
  return offer;
}

}  // namespace handrail::core
