// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>

#include "base/time.h"

namespace handrail::aws {

// How far this machine's clock is from a service's, by the Date of its answers: a whole second, written at some time
// between asking and hearing. So only a bound can be told. Thread-safe.
class ClockWatch {
 public:
  static constexpr Millis kSlow = kSecond;  // an answer that took longer tells too little

  // Unix milliseconds: what the service wrote, and when by our clock it was asked and heard.
  void note(Millis theirs, Millis asked, Millis heard) {
    if (heard - asked > kSlow) return;
    const Millis least = theirs - heard, most = theirs + kSecond - asked;
    strays_ = least > 0 ? least : std::min<Millis>(most, 0);
  }
  // By so much at least our clock is behind (above 0) or before (below 0) the service's; 0 where neither is certain.
  Millis strays() const { return strays_; }

 private:
  std::atomic<Millis> strays_{0};
};

}  // namespace handrail::aws
