// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "ports/clock.h"

namespace handrail::test {

inline constexpr UnixMillis kStart = 1'800'000'000'000;  // when tests begin

// A clock that moves when it is told to.
class FakeClock final : public Clock {
 public:
  UnixMicros now() const override { return now_us_; }
  std::int64_t monotonic_micros() const override { return now_us_; }
  void set(UnixMillis at) { now_us_ = at * 1000; }
  void advance(Millis span) { now_us_ += span * 1000; }

 private:
  std::atomic<UnixMicros> now_us_{kStart * 1000};
};

}  // namespace handrail::test
