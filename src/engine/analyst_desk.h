// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/circuit_breaker.h"
#include "core/fold/journey_watch.h"
#include "engine/journey_queue.h"
#include "engine/reply_cache.h"
#include "engine/spending.h"
#include "ports/analyst.h"
#include "ports/clock.h"
#include "ports/record_sink.h"
#include "telemetry/metrics.h"

namespace handrail {

struct AnalystDeskOptions {
  Millis deadline = 4 * kSecond;  // of a question
  std::size_t in_flight = 4;      // questions under way at once, each on a thread
  std::size_t queue_max = 200;    // journeys that wait; beyond it the oldest is dropped
  Millis min_interval = kSecond;  // between two questions about one journey; the site's rules have a longer one
  std::int64_t per_minute = 120;  // questions
  std::int64_t nano_dollars_per_day = 5'000'000'000;  // 0: any
  TokenPrices prices;
  std::size_t cache_entries = 1000;
  Millis cache_holds = 10 * kMinute;
  BreakerPolicy breaker;
};

// Asks a provider about the hard cases that the built-in analyst read, checks what it says against the journey, and
// appends it as an Analysis record to the visitor's own order. It looks on, and nobody waits for it: without an answer
// the built-in's account stands. Thread-safe. The sink's callbacks may come as long as this lives.
class AnalystDesk final : public core::JourneyWatch {
 public:
  struct Ports {
    Analyst& analyst;
    RecordSink& log;
    const Clock& clock;
  };
  AnalystDesk(AnalystDeskOptions options, Ports ports, telemetry::Metrics& metrics);
  ~AnalystDesk() override { stop(); }

  void start();
  // What waits is not asked; waits for questions under way, so for about a deadline at most. Idempotent.
  void stop();

  // Never blocks on I/O.
  void on_read(const core::Visitor& visitor, const core::Reading& reading) override;

  std::size_t waiting() const { return queue_.waiting(); }

 private:
  struct Ask {
    std::string site, visitor;
    JourneyId journey;
    core::Digest digest;
    core::AnalystRules rules;
    core::Analysis builtin;
    std::int64_t wished_at = 0;  // monotonic microseconds
  };
  enum class Drop : std::uint8_t { kNoConsent, kQueueFull, kStale, kBreakerOpen, kTooOften, kTooDear };
  static constexpr std::size_t kDrops = 6;

  void run(const std::stop_token& stop);
  void ask_about(const Ask& ask);
  bool tell_again(const Ask& ask, const Id128& likeness);
  Result<Analyst::Answer> answer_to(const Ask& ask, CircuitBreaker::Ticket ticket);
  void record(const Ask& ask, const core::AnalystReply& reply, core::AnalysisSource source);
  void count(const core::Grounding& grounding);
  Id128 likeness_of(const Ask& ask) const;
  bool is_stale(UnixMillis asked_at) const;
  void drop(Drop why) const { dropped_[static_cast<std::size_t>(why)].add(); }
  void publish(telemetry::Metrics& metrics);

  const AnalystDeskOptions options_;
  Ports ports_;
  CircuitBreaker breaker_;
  JourneyQueue<Ask> queue_;
  ReplyCache cache_;
  Spending spending_;

  telemetry::Counter asked_, answered_, cached_, input_tokens_, output_tokens_, nano_dollars_;
  std::vector<telemetry::Counter> dropped_;
  std::map<std::string, telemetry::Counter> failed_;
  std::map<std::string, telemetry::Counter> faults_;
  telemetry::Histogram seconds_;         // of the provider
  telemetry::Histogram advice_seconds_;  // from the wish to advice that is safe in the log
  std::vector<std::jthread> threads_;    // last: they use the others
};

}  // namespace handrail
