// SPDX-License-Identifier: Apache-2.0
#include "core/signals/detector.h"

#include <array>

namespace handrail::core {
namespace {

// To add a signal: a row in catalogue.cc, a file with its detector, a row here, and a test.
constexpr std::array kDetectors = {
    DetectorRow{SignalKind::kRageClick, bit(FactKind::kClick) | bit(FactKind::kClickOutcome), detect_rage_click},
    DetectorRow{SignalKind::kDeadClick, bit(FactKind::kClick) | bit(FactKind::kClickOutcome), detect_dead_click},
    DetectorRow{SignalKind::kValidationRepeat, bit(FactKind::kValidation), detect_validation_repeat},
    DetectorRow{SignalKind::kSubmitFailRepeat, bit(FactKind::kSubmit), detect_submit_fail_repeat},
    DetectorRow{SignalKind::kAppAttempts, bit(FactKind::kAppStruggle), detect_app_attempts},
};

}  // namespace

std::span<const DetectorRow> all_detectors() { return kDetectors; }

void run_detectors(const Journey& journey, const Event& event, Findings& findings) {
  const std::uint32_t fact = bit(kind_of(event.fact));
  for (const DetectorRow& row : kDetectors) {
    if ((row.facts & fact) != 0) row.detect(journey, event, findings);
  }
}

EpisodeId episode_id(SignalKind kind, std::string_view target, std::string_view began_event_id) {
  return EpisodeId{id_of({"episode", name_of(kind), target, began_event_id})};
}

}  // namespace handrail::core
