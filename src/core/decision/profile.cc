// SPDX-License-Identifier: Apache-2.0
#include "core/decision/profile.h"

#include <algorithm>

#include "base/bounded.h"

namespace handrail::core {

bool Profile::may_be_helped(const PrivacyRules& rules) const {
  const Agreement said = consent.consent.assistance;
  return rules.needs_consent ? said == Agreement::kGranted : said != Agreement::kRefused;
}

bool Profile::may_train(const PrivacyRules& rules) const {
  const Agreement said = consent.consent.training;
  if (said != Agreement::kUnasked) return said == Agreement::kGranted;
  return !rules.needs_consent && !(rules.heeds_gpc && asks_for_privacy);
}

bool Profile::may_be_read_outside(const AnalystRules& rules, const PrivacyRules& privacy) const {
  const Agreement said = consent.consent.ai;
  if (rules.processing == AiProcessing::kNever || said == Agreement::kRefused) return false;
  if (said == Agreement::kGranted) return true;
  return rules.processing == AiProcessing::kAllowed && !privacy.needs_consent &&
         !(privacy.heeds_gpc && asks_for_privacy);
}

void Profile::remember_displayed(UnixMillis at) { push_bounded(displayed, at, kDisplayedMax); }

void Profile::remember_decline(UnixMillis at, bool forever, const Policy& policy) {
  declined_until = std::max(declined_until.value_or(0), at + policy.decline);
  declined_for_good = declined_for_good || forever;
}

int Profile::displayed_since(UnixMillis since) const {
  return static_cast<int>(std::count_if(displayed.begin(), displayed.end(), [&](UnixMillis at) { return at > since; }));
}

bool Profile::take(const PersonDecision& decision, const Policy& policy) {
  const std::uint64_t hash = id_of({decision.intervention.hex(), name_of(decision.kind)}).low;
  if (std::find(heard.begin(), heard.end(), hash) != heard.end()) return false;
  push_bounded(heard, hash, kHeardMax);
  switch (decision.kind) {
    case AnswerKind::kDisplayed:
      remember_displayed(decision.at);
      break;
    case AnswerKind::kDismissed:
      remember_decline(decision.at, decision.forever, policy);
      break;
    case AnswerKind::kSnoozed:
      snoozed_until = std::max(snoozed_until.value_or(0), decision.at + policy.snooze);
      break;
    case AnswerKind::kAccepted:
    case AnswerKind::kWithheld:
      break;
  }
  return true;
}

}  // namespace handrail::core
