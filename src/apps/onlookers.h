// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "apps/analysing.h"
#include "apps/predicting.h"
#include "core/fold/journey_watches.h"

namespace handrail {

// Who looks on while journeys are folded and asks others about them: an endpoint for predictions, a provider for
// readings. As the configuration says; may be nobody.
class Onlookers {
 public:
  // `more` look on as well; they outlive it.
  static Result<std::unique_ptr<Onlookers>> make(const Config& config, RecordSink& log, const Clock& clock,
                                                 telemetry::Metrics& metrics,
                                                 std::vector<core::JourneyWatch*> more = {});

  core::JourneyWatch* watch() { return watches_.get(); }  // thread-safe; lives as long as this
  void start();
  void stop();  // idempotent

 private:
  Onlookers() = default;

  std::unique_ptr<Predicting> predicting_;
  std::unique_ptr<Analysing> analysing_;
  std::unique_ptr<core::JourneyWatches> watches_;
};

}  // namespace handrail
