// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "telemetry/metrics.h"

namespace handrail::telemetry {

// Seconds that events spent in a stage of their way: handrail_stage_seconds_total{stage}. Divided by the events of the
// same time it says what a stage costs. Taken a request or a batch at a time, so that looking costs next to nothing.
Counter stage_seconds(Metrics& metrics, const char* stage);
void stage_seconds(Metrics& metrics, const char* stage, std::function<double()> value);

// CPU time of the program's threads by name: handrail_thread_cpu_seconds_total{thread}. Asked of the kernel when the
// figures are read.
void publish_thread_cpu(Metrics& metrics);

}  // namespace handrail::telemetry
