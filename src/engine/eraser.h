// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "base/repeating.h"
#include "ports/clock.h"
#include "ports/custody.h"
#include "ports/event_log.h"
#include "ports/state_store.h"
#include "telemetry/metrics.h"

namespace handrail {

// Takes what was erased out of the files. A visitor that is to be forgotten is gone from every answer at once; its
// bytes lie in the log and in the state until this has come by. What fails is tried again at the next round.
class Eraser {
 public:
  struct Ports {
    EventLog& log;
    StateStore& store;
    Custody* copies;  // may be absent
    const Clock& clock;
  };
  Eraser(Ports ports, std::chrono::seconds every, telemetry::Metrics& metrics);
  ~Eraser() { stop(); }

  void start();
  void stop() { rounds_.stop(); }  // after the round that runs; idempotent

  // One round. Blocks on I/O. Returns how many visitors are gone now.
  Result<std::size_t> run();

 private:
  const Ports ports_;
  const std::chrono::seconds every_;
  telemetry::Counter erased_, failures_;
  Repeating rounds_;
};

}  // namespace handrail
