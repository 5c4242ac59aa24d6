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
};

// The log of --data, or a file of other events with its mapping.
Result<TrainingSource> open_training_source(const LoadedConfig& loaded, const EventsFlags& flags);

}  // namespace handrail
