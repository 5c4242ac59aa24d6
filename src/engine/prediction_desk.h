// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/circuit_breaker.h"
#include "core/fold/journey_watch.h"
#include "engine/journey_queue.h"
#include "ports/clock.h"
#include "ports/predictor.h"
#include "ports/record_sink.h"
#include "telemetry/metrics.h"

namespace handrail {

struct PredictionDeskOptions {
  std::string site = "default";     // whose model the predictor stands for
  std::uint64_t model_version = 0;  // of it; 0: whichever serves
  Millis deadline = 400;            // of an ask
  std::size_t in_flight = 4;        // asks under way at once, each on a thread
  std::size_t queue_max = 1000;     // journeys that wait; beyond it the oldest is dropped
  Millis min_interval = 1000;       // between two asks about one journey
  BreakerPolicy breaker;
};

// Asks a predictor about the rows that the serving model was asked about, and appends its answers as Prediction records
// to the visitors' own order. It looks on, and nobody waits for it: whoever folds leaves a row here and goes on;
// without an answer the embedded model's word counts. Of a journey only the newest row waits; one that would come too
// late to hold is not asked about. Thread-safe. The sink's callbacks may come as long as this lives.
class PredictionDesk final : public core::JourneyWatch {
 public:
  struct Ports {
    Predictor& predictor;
    RecordSink& log;
    const Clock& clock;
  };
  PredictionDesk(PredictionDeskOptions options, Ports ports, telemetry::Metrics& metrics);
  ~PredictionDesk() override { stop(); }

  void start();
  // What waits is not asked about; waits for asks under way, so for about a deadline at most. Idempotent.
  void stop();

  // Never blocks on I/O.
  void on_scored(const core::Visitor& visitor, const core::ServingModel& model, const core::FeatureRow& row,
                 const core::ExitRisk& said) override;

  std::size_t waiting() const { return queue_.waiting(); }

 private:
  struct Ask {
    std::string site, visitor;
    JourneyId journey;
    std::uint64_t version = 0;
    std::shared_ptr<const core::ExitModel> model;
    std::vector<float> row;
    UnixMillis asked_at = 0;   // log time of the event
    std::uint32_t events = 0;  // of the journey, with it
  };
  enum class Drop : std::uint8_t { kQueueFull, kStale, kBreakerOpen };

  void run(const std::stop_token& stop);
  void ask_about(const Ask& ask);
  Result<std::uint32_t> answer_to(const Ask& ask);
  void record(const Ask& ask, std::uint32_t probability);
  bool is_stale(UnixMillis asked_at) const;
  void drop(Drop why) const { dropped_[static_cast<std::size_t>(why)].add(); }
  void publish(telemetry::Metrics& metrics);

  const PredictionDeskOptions options_;
  Ports ports_;
  CircuitBreaker breaker_;

  JourneyQueue<Ask> queue_;
  telemetry::Counter asked_count_, answered_;
  std::vector<telemetry::Counter> dropped_;
  std::map<std::string, telemetry::Counter> failed_;
  telemetry::Histogram seconds_;
  std::vector<std::jthread> threads_;  // last: they use the others
};

}  // namespace handrail
