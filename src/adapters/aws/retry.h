// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <mutex>

#include "base/time.h"

namespace handrail::aws {

// How calls are repeated, after the SDKs' "standard" mode (docs.aws.amazon.com/sdkref, "Retry behavior").
struct RetryPolicy {
  int attempts = 4;                // with the first
  Millis base = 50;                // ceiling of the first pause; it doubles
  Millis pause_max = 5 * kSecond;  // ceiling of any
};

// Full jitter: a pause drawn evenly between nothing and the ceiling. `draw` is from [0, 1).
inline Millis pause_before(int attempt, const RetryPolicy& policy, double draw) {
  const int doublings = std::clamp(attempt - 2, 0, 20);
  const Millis ceiling = std::min(policy.pause_max, policy.base << doublings);
  return static_cast<Millis>(static_cast<double>(ceiling) * draw);
}

// Tokens that all calls of a client share: while a service is down, repeats cease instead of multiplying the load.
// Thread-safe.
class RetryBudget {
 public:
  static constexpr int kTokens = 500;
  static constexpr int kOfRepeat = 5;
  static constexpr int kOfRepeatAfterTimeout = 10;
  static constexpr int kBackAfterSuccess = 1;  // and what its repeats took

  // False: none left, do not repeat.
  bool take(int tokens) {
    std::lock_guard lock(mutex_);
    if (left_ < tokens) return false;
    left_ -= tokens;
    return true;
  }
  void give_back(int tokens) {
    std::lock_guard lock(mutex_);
    left_ = std::min(kTokens, left_ + tokens);
  }
  int left() const {
    std::lock_guard lock(mutex_);
    return left_;
  }

 private:
  mutable std::mutex mutex_;  // guards left_
  int left_ = kTokens;
};

}  // namespace handrail::aws
