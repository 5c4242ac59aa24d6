// SPDX-License-Identifier: Apache-2.0
#include "training/journey_reader.h"

#include <algorithm>
#include <exception>

#include "core/experiment/outcomes.h"

namespace handrail::training {

bool JourneyReader::take(const core::LoggedRecord& logged) {
  log_time_ = std::max(log_time_, logged.record.received_at / 1000);
  if (logged.record.is_control()) {
    if (!core::is_about_models(logged.record)) control_.take(logged);
    return true;
  }
  core::Visitor& visitor = visitors_[logged.record.key()];
  try {
    core::fold({rules_, control_, false, &watch_}, visitor, logged, effects_);
    return true;
  } catch (const std::exception&) {
    return false;  // the server made it a dead letter
  }
}

const core::Rules& JourneyReader::rules_of(const core::Visitor& visitor) const {
  const auto published = control_.rules().at(visitor.site, visitor.log_time);
  return published ? published->rules : rules_;
}

void JourneyReader::each_open(
    const std::function<void(const core::Visitor&, const std::optional<core::Outcome>&)>& take) const {
  for (const auto& [key, visitor] : visitors_) {
    if (!visitor.journey.has_begun() || visitor.journey.outcome) continue;
    const bool is_over = visitor.journey.is_over(log_time_);
    take(visitor, is_over ? std::optional(core::ending_of(visitor.journey)) : std::nullopt);
  }
}

}  // namespace handrail::training
