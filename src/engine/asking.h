// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>

#include "base/circuit_breaker.h"
#include "base/result.h"
#include "ports/clock.h"
#include "telemetry/log.h"
#include "telemetry/metrics.h"

// What the desks have in common that ask somebody outside about journeys.

namespace handrail {

// Why a question to somebody outside led to nothing, as it is counted.
inline constexpr const char* kNotRecorded = "not_recorded";  // it was answered, and the log did not take it
inline constexpr std::array<const char*, 6> kFailures = {"timeout",  "unavailable", "throttled",
                                                         "nonsense", "refused",     kNotRecorded};

inline const char* failure_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kLimitExceeded:
      return "throttled";
    case ErrorCode::kCorrupt:
      return "nonsense";
    default:
      return "refused";
  }
}

// Who is asked, and who is told of it. References outlive the question.
struct Asked {
  CircuitBreaker& breaker;
  const Clock& clock;
  const telemetry::Histogram& seconds;  // from the question to its answer, or to the end of waiting
  std::string name;                     // for people
  std::string again;                    // "predictions come again from": said when a breaker closes
};

// Calls `ask`, which answers with a Result; the breaker hears of it, and the program's log when it opens or closes.
template <class Ask>
auto ask_behind_breaker(const Asked& who, CircuitBreaker::Ticket ticket, Ask ask) {
  using State = CircuitBreaker::State;
  const std::int64_t begun = who.clock.monotonic_micros();
  const State before = who.breaker.state(begun);
  auto answer = ask();
  const std::int64_t ended = who.clock.monotonic_micros();
  who.seconds.observe(static_cast<double>(ended - begun) / 1e6);
  who.breaker.note(ticket, answer.has_value(), ended);
  if (answer && before != State::kClosed) telemetry::log_info(who.again + " " + who.name);
  if (!answer && who.breaker.state(ended) == State::kOpen)
    telemetry::log_warning("not asked for a while: " + who.name + ": " + answer.error().message);
  return answer;
}

}  // namespace handrail
