// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "apps/cloud.h"
#include "cluster/batch_folder.h"
#include "cluster/due_timers.h"

namespace handrail {

// The engine over AWS's services, for whatever delivers it batches: Lambda, or the Kinesis Client Library.
class CloudEngine {
 public:
  CloudEngine(const Config& config, Cloud& cloud, const Clock& clock);
  BatchFolder& folder() { return folder_; }
  DueTimers& timers() { return timers_; }

 private:
  std::unique_ptr<kinesis::KinesisSink> stream_;
  BatchFolder folder_;
  DueTimers timers_;
};

}  // namespace handrail
