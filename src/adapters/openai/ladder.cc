// SPDX-License-Identifier: Apache-2.0
#include "adapters/openai/ladder.h"

namespace handrail::openai {

std::optional<Rung> Ladder::rung() const {
  std::lock_guard lock(mutex_);
  if (!known_ || clock_.monotonic_micros() >= known_->until) return std::nullopt;
  return known_->rung;
}

Rung Ladder::begin_at(Rung rung) {
  std::lock_guard lock(mutex_);
  return at_least(rung);
}

std::optional<Rung> Ladder::step_down(Rung from) {
  if (from == Rung::kPrompt) return std::nullopt;
  std::lock_guard lock(mutex_);
  return at_least(static_cast<Rung>(static_cast<std::uint8_t>(from) + 1));
}

Dialect Ladder::dialect() const {
  std::lock_guard lock(mutex_);
  return reasons_until_ && clock_.monotonic_micros() < *reasons_until_ ? Dialect::kReasoning : Dialect::kCommon;
}

std::optional<Dialect> Ladder::leave(Dialect refused) {
  if (refused != Dialect::kCommon) return std::nullopt;
  std::lock_guard lock(mutex_);
  reasons_until_ = clock_.monotonic_micros() + kRemembered * 1000;
  return Dialect::kReasoning;
}

// Calls at the same time may find out different things: what is further down holds.
Rung Ladder::at_least(Rung rung) {
  const std::int64_t now = clock_.monotonic_micros();
  if (!known_ || now >= known_->until || known_->rung < rung) known_ = Known{rung, now + kRemembered * 1000};
  return known_->rung;
}

}  // namespace handrail::openai
