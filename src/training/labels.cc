// SPDX-License-Identifier: Apache-2.0
#include "training/labels.h"

#include <algorithm>

namespace handrail::training {

void OpenJourney::take(Tells tells, UnixMillis at) {
  if (tells == Tells::kGoal || tells == Tells::kGoalAfter) goal_at = goal_at.value_or(at);
  if (tells == Tells::kExit || tells == Tells::kExitAfter) has_told_exit = true;
  const bool cuts_before = tells == Tells::kGoal || tells == Tells::kExit || tells == Tells::kGivesAway;
  if (!is_cut() && cuts_before) cut_at = at;
  if (!is_cut()) event_times.push_back(at);
}

void OpenJourney::drop_guarded(Millis guard) {
  if (!is_cut() || guard <= 0) return;
  // Whole seconds, as logs of other systems write them: an event in the same second counts as close.
  UnixMillis edge = *cut_at;
  for (auto at = event_times.rbegin(); at != event_times.rend(); ++at) {
    if (edge / kSecond - *at / kSecond > guard / kSecond) break;
    edge = *at;
  }
  if (edge == *cut_at) return;
  std::erase_if(rows, [&](const Row& row) { return row.about.at >= edge; });
}

Label label_of(const OpenJourney& journey, const std::optional<core::Outcome>& outcome, bool has_told_exits) {
  if (journey.goal_at) return Label::kGoal;
  if (journey.has_told_exit) return Label::kExit;
  if (has_told_exits || !outcome) return Label::kCensored;
  if (outcome->kind == core::OutcomeKind::kGoal) return Label::kGoal;
  return outcome->kind == core::OutcomeKind::kExit ? Label::kExit : Label::kCensored;
}

Exposed exposure_of(const core::Journey& journey) {
  Exposed exposed;
  for (const core::Exposure& exposure : journey.exposures) {
    if (exposure.displayed_at) exposed.is_helped = true;
    if (exposure.arm != core::Arm::kControl || exposure.help_percent >= 100) continue;
    const float weight = 100.0F / static_cast<float>(100 - exposure.help_percent);
    exposed.weight = std::max(exposed.weight, std::min(weight, Exposed::kWeightMax));
  }
  return exposed;
}

}  // namespace handrail::training
