// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "base/time.h"

namespace handrail {

// What a provider takes for tokens: 10^-6 US dollars a million.
struct TokenPrices {
  std::int64_t input = 0;
  std::int64_t output = 0;

  // 10^-9 US dollars.
  std::int64_t cost_of(std::uint32_t input_tokens, std::uint32_t output_tokens) const {
    return (input * input_tokens + output * output_tokens) / 1000;
  }
};

// How often and for how much somebody may be asked: calls a minute (in bursts of up to a minute's), money a day (UTC).
// It knows what was spent since it was made. Thread-safe.
class Spending {
 public:
  enum class Verdict : std::uint8_t { kMay, kTooOften, kTooDear };

  Spending(std::int64_t calls_per_minute, std::int64_t nano_dollars_per_day)
      : per_minute_(calls_per_minute), per_day_(nano_dollars_per_day), tokens_(per_minute_ * kMinuteMicros) {}

  // Takes one call where it may. `now`: monotonic microseconds; `at`: of the day. 0 a day: nothing is too dear.
  Verdict take(std::int64_t now, UnixMillis at) {
    const std::lock_guard lock(mutex_);
    turn_to(at);
    if (per_day_ > 0 && spent_ >= per_day_) return Verdict::kTooDear;
    tokens_ = std::min(tokens_ + (now - last_) * per_minute_, per_minute_ * kMinuteMicros);
    last_ = now;
    if (tokens_ < kMinuteMicros) return Verdict::kTooOften;
    tokens_ -= kMinuteMicros;
    return Verdict::kMay;
  }

  void spend(std::int64_t nano_dollars, UnixMillis at) {
    const std::lock_guard lock(mutex_);
    turn_to(at);
    spent_ += nano_dollars;
  }

  std::int64_t spent_today(UnixMillis at) {
    const std::lock_guard lock(mutex_);
    turn_to(at);
    return spent_;
  }

 private:
  static constexpr std::int64_t kMinuteMicros = kMinute * 1000;

  void turn_to(UnixMillis at) {
    if (at / kDay == day_) return;
    day_ = at / kDay;
    spent_ = 0;
  }

  const std::int64_t per_minute_;
  const std::int64_t per_day_;
  std::mutex mutex_;       // guards all below
  std::int64_t tokens_;    // calls times a minute's microseconds
  std::int64_t last_ = 0;  // monotonic microseconds
  std::int64_t day_ = 0;
  std::int64_t spent_ = 0;  // that day
};

}  // namespace handrail
