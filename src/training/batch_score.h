// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/risk/exit_artefact.h"
#include "training/event_source.h"
#include "training/extraction.h"

namespace handrail::training {

// One event of a source, and what the model said right after it.
struct ScoredEvent {
  Offset offset = 0;
  std::uint64_t line = 0;  // of the file; 0: from a log
  std::string visitor;
  std::string journey;  // its id in hex; empty: the event belongs to none
  std::string type;
  UnixMillis at = 0;
  std::uint32_t prefix = 0;                  // events of the journey so far
  std::optional<std::uint32_t> probability;  // in 1/65536; nothing: not an event upon which a model speaks
  int score = 0;
  Tells tells = Tells::kNothing;
};

// Scores a source's events as a live model of it would have: by the server's own fold and features. `take` hears of
// every event, in the source's order. Time is O(events × (fold + score)).
Result<void> score_events(EventSource& source, const core::ExitModel& model, const ExtractionOptions& options,
                          const std::function<void(const ScoredEvent&)>& take);

}  // namespace handrail::training
