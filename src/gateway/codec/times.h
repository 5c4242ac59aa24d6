// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/time.h"
#include "core/event/record.h"

namespace handrail::gateway {

// Maps the clocks of one request onto log time: with `sent_at`, by the offset between it and when the request was
// received; without, the newest event of the request counts as happening when received and the others keep their
// distance to it. Never after received.
class ClockMapping {
 public:
  ClockMapping(UnixMillis received_at, std::optional<UnixMillis> sent_at, std::optional<UnixMillis> newest)
      : received_at_(received_at), offset_(received_at - sent_at.value_or(newest.value_or(received_at))) {}

  // Sets occurred_at and the flags that follow from it.
  void apply(core::Event& event, Millis oldest) const {
    const UnixMillis mapped = event.client_time.value_or(received_at_ - offset_) + offset_;
    event.occurred_at = mapped > received_at_ ? received_at_ : mapped;
    if (mapped > received_at_ + kClampSlack) event.flags |= core::kFlagClamped;
    if (event.occurred_at < received_at_ - oldest) event.flags |= core::kFlagLate;
  }

 private:
  static constexpr Millis kClampSlack = 2 * kSecond;
  UnixMillis received_at_;
  Millis offset_;
};

inline constexpr std::int64_t kLatestTimestamp = 253'402'300'799'999;  // the end of year 9999

}  // namespace handrail::gateway
