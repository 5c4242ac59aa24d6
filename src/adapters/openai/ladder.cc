// SPDX-License-Identifier: Apache-2.0
#include "adapters/openai/ladder.h"

namespace handrail::openai {

std::optional<Rung> Ladder::rung() const {
  std::lock_guard lock(mutex_);
  if (!known_ || clock_.monotonic_micros() >= known_->until) return std::nullopt;
  return known_->rung;
}

void Ladder::begin_at(Rung rung) {
  std::lock_guard lock(mutex_);
  remember(rung);
}

bool Ladder::step_down(Rung from) {
  if (from == Rung::kPrompt) return false;
  const auto below = static_cast<Rung>(static_cast<std::uint8_t>(from) + 1);
  std::lock_guard lock(mutex_);
  if (!known_ || known_->rung < below) remember(below);  // else another call was there before
  return true;
}

void Ladder::remember(Rung rung) { known_ = Known{rung, clock_.monotonic_micros() + kRemembered * 1000}; }

}  // namespace handrail::openai
