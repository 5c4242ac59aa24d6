// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/control/rules.h"
#include "core/risk/features.h"
#include "training/event_source.h"
#include "training/training_set.h"

namespace handrail::training {

struct ExtractionOptions {
  core::Rules rules;                       // where the source tells of none
  std::vector<core::Property> properties;  // of events, besides what every journey has
  bool has_told_exits = false;             // the source says where a journey was given up: silence alone is no exit
  std::size_t types_max = core::FeatureRecipe::kTypesMax;  // most frequent types of events, with a count each
  std::uint32_t rows_per_journey_max = 60;                 // of the first assessed events
  // Events so close before the outcome were written with it: no rows, chained backwards.
  Millis guard = kSecond;
  Millis horizon = 0;  // a goal later than this after a row leaves the row without a label; 0: any time
  std::uint64_t rows_max = 20'000'000;
  // Share read, and words. False: stop (kUnavailable).
  std::function<bool(double, const std::string&)> on_progress = [](double, const std::string&) { return true; };
};

// What became of the journeys of a source.
struct ExtractionCounts {
  std::uint64_t records = 0, failed = 0;
  std::uint64_t journeys = 0;
  std::uint64_t goals = 0, exits = 0;  // with a label and at least a row
  std::uint64_t censored = 0;          // nobody can tell what they came to: they go on, or records are missing
  std::uint64_t helped = 0;            // saw an offer: what they came to is not what they would have come to
  std::uint64_t weighted = 0;  // could have been helped and were drawn not to be: they stand for the helped, too
  std::uint64_t refused = 0;   // the visitor does not want to teach a model
  std::uint64_t bots = 0;
  std::uint64_t without_rows = 0;  // the outcome came with the first event
  UnixMillis from = 0, to = 0;     // of the rows
};

struct Extracted {
  core::FeatureRecipe recipe;
  TrainingSet set;
  ExtractionCounts counts;
};

// Folds the source with the server's own fold and keeps a row for each event upon which a model would have spoken, as
// it would have been scored then. A journey's label: its goal was reached (success), or it ended without (exit); else
// it is left out. Reads the source twice. kInvalidArgument: no rows; kLimitExceeded: rows_max.
Result<Extracted> extract(EventSource& source, const ExtractionOptions& options);

}  // namespace handrail::training
