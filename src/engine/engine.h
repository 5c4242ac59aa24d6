// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/folding.h"
#include "engine/worker.h"
#include "telemetry/metrics.h"

namespace handrail {

struct EngineOptions {
  std::uint32_t partitions = 1;
  Millis checkpoint_every = 500;  // state is written, unsynced, this often
  Millis sync_every = 5 * kSecond;
  // Below the threads that acknowledge: when there is not enough CPU for both, what is sent is kept first and folded
  // as soon as can be. 0: the same.
  int niceness = 5;
  WorkerOptions worker;
  // Called when the state's storage failed in a way that trying again does not mend: the process should end.
  std::function<void(const Error&)> on_fatal = [](const Error&) {};
};

// Runs a worker per partition, each in its own thread.
class Engine final : public Folding {
 public:
  Engine(EngineOptions options, Worker::Ports ports, telemetry::Metrics& metrics);
  ~Engine() override;

  // Takes up the checkpoints and starts. Fails when state and log do not fit together.
  Result<void> start();
  // Folds what is durable, writes and syncs the state, ends the threads. Idempotent.
  void stop();

  bool settle(std::chrono::milliseconds span) override;
  bool await_folded(Offset offset, std::chrono::milliseconds span) override;
  bool knows_control() const override;
  std::optional<Error> fault() const override;

  Offset folded() const;               // every record below it is folded
  std::uint64_t dead_letters() const;  // since start

 private:
  void run(Worker& worker, const std::stop_token& stop);
  // Makes the checkpoints safe against power loss and lets the log drop what all of them cover.
  Result<void> sync();
  void report(const Worker& worker, const Result<void>& round);
  Result<void> write(Worker& worker);
  void publish_metrics(telemetry::Metrics& metrics);
  void publish_stages(telemetry::Metrics& metrics);
  void publish_decisions(telemetry::Metrics& metrics);
  void publish_outcomes(telemetry::Metrics& metrics);
  template <class Counter>
  std::uint64_t total(Counter counter) const;
  std::uint64_t lag() const;  // records
  double iterator_age_seconds() const;
  template <class Reached>
  bool wait_until(std::chrono::milliseconds span, Reached reached);

  const EngineOptions options_;
  Worker::Ports ports_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::jthread> threads_;
  Offset durable_at_start_ = 0;
  std::atomic<bool> write_wanted_{false};
  mutable std::mutex mutex_;  // guards the two below; workers announce progress by it
  std::condition_variable progressed_;
  std::map<const Worker*, Error> faults_;  // of those whose last round failed
  telemetry::Counter retries_;
  telemetry::Histogram state_write_seconds_;
};

}  // namespace handrail
