// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "ports/clock.h"

// Asking a service within a time, twice at most: a judgement that comes late is worth nothing.
namespace handrail::language {

inline constexpr Millis kPauseLeast = 50;  // before a second try, drawn evenly
inline constexpr Millis kPauseMost = 250;
inline constexpr Millis kTryLeast = 200;           // that must be left for it
inline constexpr Millis kConnectWithin = kSecond;  // of each try

// How to wait; tests have their own.
struct Waiting {
  std::function<void(Millis)> pause;
  std::function<double()> draw;  // from [0, 1); thread-safe
  static Waiting of_this_process();
};

// When an answer is due.
class Deadline {
 public:
  Deadline(const Clock& clock, Millis within) : clock_(clock), end_(clock.monotonic_micros() + within * 1000) {}
  Millis left() const { return (end_ - clock_.monotonic_micros()) / 1000; }

 private:
  const Clock& clock_;
  const std::int64_t end_;  // on the monotonic clock, microseconds
};

// Why there is no answer, and what may help.
struct Refusal {
  enum class Remedy : std::uint8_t { kNone, kPause, kAskAtOnce };

  Error error;
  Remedy remedy = Remedy::kNone;
};

// An HttpClient's failure as the port has it: with time left it is no timeout but a connection that broke; an answer
// that is too large is none, and without credentials there is nobody to ask.
Error unheard(Error error, const Deadline& deadline);

// Waits as the refusal asks, if there is time for that and for another try; false: there is not, or it would not help.
bool wait_for_second_try(const Refusal& refusal, const Deadline& deadline, const Waiting& waiting);

}  // namespace handrail::language
