// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"

namespace handrail {

// Time from outside. The core never asks; engine and adapters do. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMicros now() const = 0;                 // wall time
  virtual std::int64_t monotonic_micros() const = 0;  // for spans; no epoch
};

}  // namespace handrail
