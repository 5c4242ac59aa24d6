// SPDX-License-Identifier: Apache-2.0
#include "adapters/language/second_try.h"

#include <chrono>
#include <random>
#include <thread>

namespace handrail::language {

Waiting Waiting::of_this_process() {
  return {[](Millis span) { std::this_thread::sleep_for(std::chrono::milliseconds(span)); },
          [] {
            static thread_local std::minstd_rand engine{std::random_device{}()};
            return std::uniform_real_distribution<double>{}(engine);
          }};
}

Error unheard(Error error, const Deadline& deadline) {
  constexpr Millis kSlack = 20;  // timeouts are not exact
  if (error.code == ErrorCode::kTimeout && deadline.left() > kSlack) error.code = ErrorCode::kUnavailable;
  if (error.code == ErrorCode::kLimitExceeded) error.code = ErrorCode::kCorrupt;
  if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kInvalidArgument;  // credentials
  return error;
}

bool wait_for_second_try(const Refusal& refusal, const Deadline& deadline, const Waiting& waiting) {
  if (refusal.remedy == Refusal::Remedy::kNone) return false;
  const bool is_pause = refusal.remedy == Refusal::Remedy::kPause;
  const Millis pause =
      is_pause ? kPauseLeast + static_cast<Millis>(static_cast<double>(kPauseMost - kPauseLeast) * waiting.draw()) : 0;
  if (deadline.left() < pause + kTryLeast) return false;
  if (is_pause) waiting.pause(pause);
  return true;
}

}  // namespace handrail::language
