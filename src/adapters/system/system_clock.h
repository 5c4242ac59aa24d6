// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "ports/clock.h"

namespace handrail {

// The machine's clocks: the only place that asks them.
class SystemClock final : public Clock {
 public:
  UnixMicros now() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::int64_t monotonic_micros() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace handrail
