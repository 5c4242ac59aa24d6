// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/decision/policy.h"
#include "core/decision/profile.h"
#include "core/event/record.h"
#include "core/risk/struggle.h"

namespace handrail::core {

enum class OfferState : std::uint8_t {
  kPending,
  kDisplayed,
  kWithheld,
  kAccepted,
  kDismissed,
  kSnoozed,
  kExpired,
  kRetracted,
};
constexpr std::uint64_t enum_end(OfferState) { return 8; }
std::string_view name_of(OfferState state);
bool is_live(OfferState state);  // pending or displayed

enum class Trigger : std::uint8_t { kRisingEdge, kPersistentRisk };
inline constexpr std::size_t kTriggers = 2;
constexpr std::uint64_t enum_end(Trigger) { return kTriggers; }
std::string_view name_of(Trigger trigger);

// The help offered; an offer as the visitor sees it. At most one is live per visitor.
struct Intervention {
  InterventionId id;
  DecisionId decision;
  JourneyId journey;
  std::string site;
  std::string visitor;
  std::string user_id;  // whom it was made for; it goes to that person only
  OfferState state = OfferState::kPending;
  UnixMillis made_at = 0;
  UnixMillis expires_at = 0;  // while pending
  std::optional<UnixMillis> displayed_at;
  std::optional<Millis> waited;
  std::optional<UnixMillis> ended_at;
  std::string reason;  // why it was withheld, expired or retracted
  std::uint32_t duplicate_exposures = 0;
  Trigger trigger = Trigger::kRisingEdge;
  int risk = 0;
  int high_risk_count = 0;  // persistent_risk: assessments at or above the bar
  std::string words;        // "submit failed twice": for people, never sent to the page
  std::string message;      // what the visitor reads; may be refined until it is displayed. Empty: the page's own words
  std::string language;     // of the message
  std::string disclosure;   // shown below it where a provider worded it
};
template <class A>
void fields(A& a, Intervention& i) {
  a(i.id, i.decision, i.journey, i.site, i.visitor, i.user_id, i.state, i.made_at, i.expires_at, i.displayed_at,
    i.waited, i.ended_at, i.reason, i.duplicate_exposures, i.trigger, i.risk, i.high_risk_count, i.words);
  if (a.since(7) && a.more()) a(i.message, i.language, i.disclosure);  // a visitor's has a version, a row an end
}

// Applies what the page or the visitor did at log time `at` to the offer and to what is remembered of the visitor.
// Idempotent; a later answer implies the earlier ones; accepted and dismissed within `answer_settles` of each other,
// in either order, mean accepted. Returns whether anything changed.
bool apply_answer(Intervention& offer, Profile& profile, const Answer& answer, UnixMillis at, const Policy& policy);

// Ends a pending offer that was not displayed.
void end_offer(Intervention& offer, OfferState state, std::string reason, UnixMillis at);

}  // namespace handrail::core
