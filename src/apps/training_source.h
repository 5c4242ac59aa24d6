// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "apps/commands.h"
#include "training/extraction.h"

// Where training, scoring and training sets take their events from, by the flags that they share.
namespace handrail {

struct TrainingSource {
  std::unique_ptr<training::EventSource> events;
  training::ExtractionOptions options;  // the source's properties, rules and labels
  std::string words;                    // "data/log", "events.csv"
  std::vector<std::string> notes;       // what is worth knowing of the file: rows left out, columns that no row had
  bool has_outcomes = true;             // a mapping may say nothing of them, for files that are only scored
};

// The log of --data, or a file of other events with its mapping. Its notes are printed on standard error.
Result<TrainingSource> open_events(const LoadedConfig& loaded, const EventsFlags& flags);
// The same, to learn from: kInvalidArgument where the mapping says nothing of outcomes.
Result<TrainingSource> open_training_source(const LoadedConfig& loaded, const EventsFlags& flags);

}  // namespace handrail
