// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "core/decision/policy.h"
#include "core/event/record.h"

namespace handrail::core {

// A dismissal that is not yet a decline: "accepted" may still follow it.
struct UnsettledDecline {
  UnixMillis at = 0;
  bool forever = false;
  InterventionId intervention;
};
template <class A>
void fields(A& a, UnsettledDecline& d) {
  a(d.at, d.forever, d.intervention);
}

// What is remembered of a visitor beyond a journey. Durable.
struct Profile {
  static constexpr std::size_t kDisplayedMax = 16;
  static constexpr std::size_t kHeardMax = 32;

  std::string user_id;                // once identified
  std::vector<UnixMillis> displayed;  // when offers were displayed, newest last
  std::optional<UnixMillis> snoozed_until;
  std::optional<UnixMillis> declined_until;
  bool declined_for_good = false;
  std::optional<UnsettledDecline> unsettled;
  std::uint32_t journeys = 0;
  std::vector<std::uint64_t>
      heard;  // hashes of what was taken from the person's other visitors: a repeat changes nothing

  DatedConsent consent;
  bool asks_for_privacy = false;  // the visitor's browser did, at the newest event

  // Of journeys that are over: how many reached a goal, how many struggled (risk without a model at the bar of help or
  // above), and when the newest of them ended.
  std::uint32_t goals = 0;
  std::uint32_t struggles = 0;
  std::optional<UnixMillis> last_journey_at;

  // Whether the visitor may be offered help, and whether these journeys may teach a model, by the site's rules.
  bool may_be_helped(const PrivacyRules& rules) const;
  bool may_train(const PrivacyRules& rules) const;
  // Whether facts of the journeys may go to a provider outside of this program. A browser that asks for privacy refuses
  // where the site heeds that and the visitor did not say otherwise.
  bool may_be_read_outside(const AnalystRules& rules, const PrivacyRules& privacy) const;

  void remember_displayed(UnixMillis at);
  void remember_decline(UnixMillis at, bool forever, const Policy& policy);
  int displayed_since(UnixMillis since) const;

  // What another visitor of the same person decided. False when it was heard before.
  bool take(const PersonDecision& decision, const Policy& policy);
};
template <class A>
void fields(A& a, Profile& p) {
  a(p.user_id, p.displayed, p.snoozed_until, p.declined_until, p.declined_for_good, p.unsettled, p.journeys, p.heard);
  if (a.since(3)) a(p.consent, p.asks_for_privacy);
  if (a.since(4)) a(p.goals, p.struggles, p.last_journey_at);
}

}  // namespace handrail::core
