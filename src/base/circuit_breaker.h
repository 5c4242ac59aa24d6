// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/time.h"

namespace handrail {

struct BreakerPolicy {
  static constexpr int kWindowMax = 64;

  int failures_in_a_row = 5;
  int window = 20;          // newest calls; at most kWindowMax
  int failures_of_it = 11;  // more than half
  Millis open = 30 * kSecond;
  Millis open_max = 10 * kMinute;
};

// Whether somebody who may be away is called at all: closed, calls go out; after too many failures open, none does;
// after a while half open, where one call is tried, upon whose outcome it closes, or opens for twice as long. Asks no
// clock: `now` is monotonic microseconds. Thread-safe.
class CircuitBreaker {
 public:
  enum class State : std::uint8_t { kClosed, kHalfOpen, kOpen };
  // Of a call that may go out: says of which state it is, so that what was sent before the last change tells nothing.
  struct Ticket {
    std::uint64_t epoch = 0;
  };

  explicit CircuitBreaker(BreakerPolicy policy = {}) : policy_(policy) {}

  // Nothing: it may not. A ticket must come back by note(); the tried call of a half-open one that does not within the
  // time that it was open counts as lost, and another is let out.
  std::optional<Ticket> admit(std::int64_t now);
  void note(Ticket ticket, bool is_good, std::int64_t now);

  // Half open from the moment on at which a call would be tried.
  State state(std::int64_t now) const;
  // Whether a call that came now would go out; lets none out.
  bool would_admit(std::int64_t now) const;

 private:
  bool is_too_bad() const;
  void open(std::int64_t now, Millis span);
  void close();
  bool would_admit_locked(std::int64_t now) const { return span_ == 0 || now >= until_; }

  const BreakerPolicy policy_;
  mutable std::mutex mutex_;  // guards all below
  std::uint64_t epoch_ = 0;
  std::uint64_t outcomes_ = 0;  // bit i: the i-th newest call of the window failed
  int known_ = 0;               // calls of the window
  int in_a_row_ = 0;
  Millis span_ = 0;          // it is open for; 0: closed
  bool is_probing_ = false;  // a call is tried
  std::int64_t until_ = 0;   // no call before
};

}  // namespace handrail
