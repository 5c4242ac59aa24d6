// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "core/event/record.h"

namespace handrail::training {

// What an event tells of its journey's outcome.
enum class Tells : std::uint8_t {
  kNothing,
  kGoal,       // it is the goal: neither this event nor a later one is a row
  kExit,       // it is the end without the goal; a goal that follows later still counts
  kGivesAway,  // not the outcome itself, but known only with it: no row from here on
  kGoalAfter,  // the outcome is known once this event is over: the event itself is a row
  kExitAfter,
};

struct SourceEvent {
  core::LoggedRecord logged;  // offsets rise
  Tells tells = Tells::kNothing;
  std::uint64_t line = 0;  // in the file that it came from, from 1 on; 0: from a log
};

// Records in the order of time: of a log, or of a file that a mapping explains.
class EventSource {
 public:
  virtual ~EventSource() = default;
  virtual Result<std::optional<SourceEvent>> next() = 0;  // nothing: the end
  virtual Result<void> rewind() = 0;
  virtual double share_read() const = 0;  // 0-1
};

}  // namespace handrail::training
