// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "apps/stream_side.h"
#include "cluster/batch_folder.h"
#include "cluster/due_timers.h"

namespace handrail {

// The engine over a shared state, for whatever delivers it batches: Lambda, the Kinesis Client Library, Kafka.
class CloudEngine {
 public:
  // `watch` looks on while journeys are folded; thread-safe.
  CloudEngine(const Config& config, Cloud& cloud, StreamSide& streams, const Clock& clock,
              core::JourneyWatch* watch = nullptr);
  BatchFolder& folder() { return folder_; }
  DueTimers& timers() { return timers_; }

 private:
  BatchFolder folder_;
  DueTimers timers_;
};

}  // namespace handrail
