// SPDX-License-Identifier: Apache-2.0
#include "core/decision/intervention.h"

#include <array>

namespace handrail::core {
namespace {

// Whatever the state was: a page that shows an offer which the server had given up is believed, since the visitor
// sees it. The first exposure counts, later ones are kept as duplicates.
bool mark_displayed(Intervention& offer, Profile& profile, UnixMillis at) {
  if (offer.displayed_at) return false;
  offer.displayed_at = at;
  offer.ended_at.reset();
  offer.reason.clear();
  offer.state = OfferState::kDisplayed;
  profile.remember_displayed(at);
  return true;
}

bool accept(Intervention& offer, Profile& profile, UnixMillis at, const Policy& policy) {
  if (offer.state == OfferState::kAccepted) return false;
  const bool dismissed_long_ago =
      offer.state == OfferState::kDismissed && at - offer.ended_at.value_or(at) > policy.answer_settles;
  if (dismissed_long_ago || offer.state == OfferState::kSnoozed) return false;
  profile.unsettled.reset();
  offer.state = OfferState::kAccepted;
  offer.ended_at = at;
  return true;
}

bool dismiss(Intervention& offer, Profile& profile, UnixMillis at, bool forever) {
  if (offer.state != OfferState::kDisplayed) {
    // "Don't show again" after a plain dismissal is still heard.
    if (offer.state == OfferState::kDismissed && forever && profile.unsettled) profile.unsettled->forever = true;
    return false;
  }
  offer.state = OfferState::kDismissed;
  offer.ended_at = at;
  profile.unsettled = UnsettledDecline{at, forever, offer.id};
  return true;
}

bool snooze(Intervention& offer, Profile& profile, UnixMillis at, const Policy& policy) {
  if (offer.state != OfferState::kDisplayed) return false;
  offer.state = OfferState::kSnoozed;
  offer.ended_at = at;
  profile.snoozed_until = at + policy.snooze;
  return true;
}

}  // namespace

std::string_view name_of(OfferState state) {
  static constexpr std::array<std::string_view, 8> kNames = {"pending",   "displayed", "withheld", "accepted",
                                                             "dismissed", "snoozed",   "expired",  "retracted"};
  return kNames[static_cast<std::size_t>(state)];
}

bool is_live(OfferState state) { return state == OfferState::kPending || state == OfferState::kDisplayed; }

std::string_view name_of(Trigger trigger) {
  return trigger == Trigger::kRisingEdge ? "rising_edge" : "persistent_risk";
}

bool apply_answer(Intervention& offer, Profile& profile, const Answer& answer, UnixMillis at, const Policy& policy) {
  if (answer.kind == AnswerKind::kWithheld) {
    if (offer.state != OfferState::kPending) return false;
    end_offer(offer, OfferState::kWithheld, answer.reason, at);
    return true;
  }
  const bool first_exposure = mark_displayed(offer, profile, at);
  switch (answer.kind) {
    case AnswerKind::kDisplayed:
      if (first_exposure) {
        offer.waited = answer.waited;
      } else {
        ++offer.duplicate_exposures;
      }
      return true;
    case AnswerKind::kAccepted:
      return accept(offer, profile, at, policy) || first_exposure;
    case AnswerKind::kDismissed:
      return dismiss(offer, profile, at, answer.forever) || first_exposure;
    case AnswerKind::kSnoozed:
      return snooze(offer, profile, at, policy) || first_exposure;
    case AnswerKind::kWithheld:
      break;
  }
  return first_exposure;
}

void end_offer(Intervention& offer, OfferState state, std::string reason, UnixMillis at) {
  offer.state = state;
  offer.reason = std::move(reason);
  offer.ended_at = at;
}

}  // namespace handrail::core
