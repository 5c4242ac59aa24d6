// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/repeating.h"
#include "ports/clock.h"
#include "ports/event_log.h"
#include "ports/state_store.h"
#include "telemetry/metrics.h"

namespace handrail {

struct RetentionOptions {
  std::int64_t days = 0;  // of visitors whose site says none; 0: they stay
  std::chrono::seconds every{3600};
  std::uint32_t partitions = 1;
};

// Forgets visitors that were not seen for as many days as their site keeps them: each by a record of its own order,
// which does what any erasure does, and nothing to one that came back meanwhile.
class Retention {
 public:
  struct Ports {
    EventLog& log;
    StateStore& store;
    const Clock& clock;
  };
  Retention(Ports ports, RetentionOptions options, telemetry::Metrics& metrics);
  ~Retention() { stop(); }

  void start();
  void stop() { rounds_.stop(); }  // after the round that runs; idempotent

  // One round: goes through all visitors of the state. Blocks on I/O. Returns how many are to be forgotten.
  Result<std::size_t> run();

 private:
  using Days = std::map<std::string, std::int64_t, std::less<>>;  // by site

  Result<Days> days_of_sites();
  Result<void> append(std::vector<core::Record> records);

  const Ports ports_;
  const RetentionOptions options_;
  telemetry::Counter forgotten_;
  Repeating rounds_;
};

}  // namespace handrail
