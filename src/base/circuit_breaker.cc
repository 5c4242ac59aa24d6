// SPDX-License-Identifier: Apache-2.0
#include "base/circuit_breaker.h"

#include <algorithm>
#include <bit>

namespace handrail {

std::optional<CircuitBreaker::Ticket> CircuitBreaker::admit(std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (!would_admit_locked(now)) return std::nullopt;
  if (span_ > 0) {
    until_ = now + span_ * 1000;  // one is tried; another when nothing is heard of it
    is_probing_ = true;
    ++epoch_;
  }
  return Ticket{epoch_};
}

void CircuitBreaker::note(Ticket ticket, bool is_good, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (ticket.epoch != epoch_) return;
  if (span_ > 0) return is_good ? close() : open(now, std::min(policy_.open_max, 2 * span_));
  const std::uint64_t mask =
      policy_.window >= BreakerPolicy::kWindowMax ? ~std::uint64_t{0} : (std::uint64_t{1} << policy_.window) - 1;
  outcomes_ = (outcomes_ << 1 | (is_good ? 0U : 1U)) & mask;
  known_ = std::min(known_ + 1, policy_.window);
  in_a_row_ = is_good ? 0 : in_a_row_ + 1;
  if (!is_good && is_too_bad()) open(now, policy_.open);
}

bool CircuitBreaker::is_too_bad() const {
  if (in_a_row_ >= policy_.failures_in_a_row) return true;
  return known_ == policy_.window && std::popcount(outcomes_) >= policy_.failures_of_it;
}

void CircuitBreaker::open(std::int64_t now, Millis span) {
  ++epoch_;
  is_probing_ = false;
  span_ = std::min(span, policy_.open_max);
  until_ = now + span_ * 1000;
}

void CircuitBreaker::close() {
  ++epoch_;
  is_probing_ = false;
  span_ = 0;
  outcomes_ = 0;
  known_ = in_a_row_ = 0;
}

CircuitBreaker::State CircuitBreaker::state(std::int64_t now) const {
  const std::lock_guard lock(mutex_);
  if (span_ == 0) return State::kClosed;
  return is_probing_ || now >= until_ ? State::kHalfOpen : State::kOpen;
}

bool CircuitBreaker::would_admit(std::int64_t now) const {
  const std::lock_guard lock(mutex_);
  return would_admit_locked(now);
}

}  // namespace handrail
