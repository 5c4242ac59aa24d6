// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <vector>

#include "ports/clock.h"
#include "ports/record_sink.h"
#include "ports/shared_state.h"

namespace handrail {

// Appends records and waits until they are durable. kTimeout when it takes longer than `patience`.
Result<void> append_and_wait(RecordSink& sink, std::vector<core::Record> records, std::chrono::milliseconds patience);

struct DueTimersOptions {
  std::size_t at_once = 1000;
  Millis patience = 10 * kSecond;  // one not folded by then is appended again
  std::chrono::milliseconds append_patience{10'000};
};

// Deadlines that pass in silence, of visitors in a shared state: each wants a timer record in its visitor's order. Any
// number of processes may look for them; a second record does nothing. For one thread.
class DueTimers {
 public:
  struct Ports {
    SharedState& state;
    RecordSink& sink;
    const Clock& clock;
  };
  DueTimers(DueTimersOptions options, Ports ports) : options_(options), ports_(ports) {}

  // Blocks on I/O. Returns how many were appended.
  Result<std::size_t> append();

 private:
  const DueTimersOptions options_;
  Ports ports_;
  std::map<TimerRow, UnixMillis> appended_;  // when
};

}  // namespace handrail
