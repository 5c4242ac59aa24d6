// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/fold/visitor.h"
#include "training/extraction.h"

namespace handrail::training {

// One journey's rows while it goes on, and what is known of its outcome.
struct OpenJourney {
  struct Row {
    TrainingSet::Row about;
    std::vector<float> numbers;
    std::vector<std::uint64_t> categories;
  };
  std::vector<Row> rows;
  std::vector<UnixMillis> event_times;  // of all events up to the cut; for the guard
  std::optional<UnixMillis> cut_at;     // when the outcome, or what gives it away, was written
  std::optional<UnixMillis> goal_at;    // told by the source, or reached
  bool has_told_exit = false;
  bool is_cut() const { return cut_at.has_value(); }

  // The journey's next event, and what the source says that it tells of the outcome.
  void take(Tells tells, UnixMillis at);
  // Removes rows written with the outcome: those within `guard` before the cut, chained backwards.
  void drop_guarded(Millis guard);
};

enum class Label : std::uint8_t { kGoal, kExit, kCensored };

// What the journey came to. `outcome`: what the fold says of its end; nothing: it goes on.
Label label_of(const OpenJourney& journey, const std::optional<core::Outcome>& outcome, bool has_told_exits);

// How help bears on a journey's label.
struct Exposed {
  bool is_helped = false;  // an offer was displayed: left out
  float weight = 1;        // of one that was drawn to get no help: 1 / the probability of that draw, at most kWeightMax
  static constexpr float kWeightMax = 20;
};
Exposed exposure_of(const core::Journey& journey);

}  // namespace handrail::training
