// SPDX-License-Identifier: Apache-2.0
#include "core/signals/detector.h"

namespace handrail::core {

// The app itself says how many attempts a visitor needed: 2, 3-4, 5 or more. Page-asserted, so it can be forged by
// whoever holds the public key; caps per visitor bound the harm.
void detect_app_attempts(const Journey&, const Event& event, Findings& findings) {
  const auto& fact = std::get<AppStruggle>(event.fact);
  if (fact.attempts < 2) return;
  Episode episode;
  episode.signal = SignalKind::kAppAttempts;
  episode.grade = fact.attempts >= 5 ? Grade::kAttempts5 : fact.attempts >= 3 ? Grade::kAttempts3 : Grade::kAttempts2;
  episode.target = fact.feature;
  episode.id = episode_id(episode.signal, episode.target, event.id);
  episode.at = event.occurred_at;
  episode.rests_on = {event.id};
  findings.raised.push_back({std::move(episode), false});
}

}  // namespace handrail::core
