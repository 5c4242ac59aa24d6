// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"
#include "telemetry/log.h"

namespace handrail {

// Whether a service of others took what it was last given. A refusal counts for a while only: who is not ready is sent
// nothing, and would never learn that the service is back. Thread-safe.
class Refusals {
 public:
  static constexpr Millis kCountsFor = 10 * kSecond;

  Refusals(std::string service, const Clock& clock) : service_(std::move(service)), clock_(clock) {}

  void refused(const std::string& why) {
    std::lock_guard lock(mutex_);
    if (!is_refusing_) telemetry::log_warning(service_ + " takes nothing: " + why);
    is_refusing_ = true;
    why_ = why;
    at_ = clock_.monotonic_micros();
  }
  void took() {
    std::lock_guard lock(mutex_);
    if (is_refusing_) telemetry::log_info(service_ + " takes records again");
    is_refusing_ = false;
  }
  Result<void> health() const {
    std::lock_guard lock(mutex_);
    if (!is_refusing_ || clock_.monotonic_micros() - at_ > kCountsFor * 1000) return {};
    return fail(ErrorCode::kUnavailable, service_ + " takes nothing: " + why_);
  }

 private:
  const std::string service_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  bool is_refusing_ = false;
  std::string why_;
  std::int64_t at_ = 0;  // monotonic, µs
};

}  // namespace handrail
