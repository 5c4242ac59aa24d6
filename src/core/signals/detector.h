// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/journey/journey.h"
#include "core/signals/catalogue.h"

namespace handrail::core {

// What a detector may say. The fold applies it to the evidence and to the list of signals.
struct Findings {
  struct Raised {
    Episode episode;
    bool anew;  // a further occurrence at the same grade counts from now
  };
  std::vector<Raised> raised;
  std::vector<EpisodeId> retracted;

  void clear() {
    raised.clear();
    retracted.clear();
  }
};

// A detector looks at a journey that has just absorbed `event` and says which signals that event raises or retracts.
// Pure: the same journey and event give the same findings. Windows are bounded, so each call is O(window).
using Detector = void (*)(const Journey& journey, const Event& event, Findings& findings);

struct DetectorRow {
  SignalKind kind;
  std::uint32_t facts;  // bits of FactKind: called for these only
  Detector detect;
};
constexpr std::uint32_t bit(FactKind kind) { return 1U << static_cast<unsigned>(kind); }

std::span<const DetectorRow> all_detectors();
void run_detectors(const Journey& journey, const Event& event, Findings& findings);

// Whether the event is progress for a journey that has not absorbed it yet (negative evidence, not a signal).
bool is_progress(const Journey& journey, const Event& event);

// An episode's name: the signal, its target and the event that began it.
EpisodeId episode_id(SignalKind kind, std::string_view target, std::string_view began_event_id);

// The detectors, one file each.
void detect_rage_click(const Journey&, const Event&, Findings&);
void detect_dead_click(const Journey&, const Event&, Findings&);
void detect_validation_repeat(const Journey&, const Event&, Findings&);
void detect_submit_fail_repeat(const Journey&, const Event&, Findings&);
void detect_app_attempts(const Journey&, const Event&, Findings&);

}  // namespace handrail::core
