// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <algorithm>

#include "telemetry/log.h"

namespace handrail {
namespace {

constexpr std::int64_t kFaultPauseMicros = 1'000'000;
constexpr std::chrono::milliseconds kIdleWait{50};

}  // namespace

Engine::Engine(EngineOptions options, Worker::Ports ports, telemetry::Metrics& metrics)
    : options_(std::move(options)), ports_(ports) {
  for (std::uint32_t i = 0; i < options_.partitions; ++i) {
    workers_.push_back(std::make_unique<Worker>(Partition{i, options_.partitions}, options_.worker, ports_));
  }
  publish_metrics(metrics);
}

Engine::~Engine() { stop(); }

void Engine::publish_metrics(telemetry::Metrics& metrics) {
  const auto sum = [this](std::atomic<std::uint64_t> WorkerCounters::*counter) {
    return [this, counter] {
      std::uint64_t total = 0;
      for (const auto& worker : workers_) total += (worker->counters().*counter).load();
      return static_cast<double>(total);
    };
  };
  metrics.gauge("handrail_engine_folded_records", "Records folded since start", sum(&WorkerCounters::folded));
  metrics.gauge("handrail_engine_duplicate_records", "Records found to be repeats", sum(&WorkerCounters::duplicates));
  metrics.gauge("handrail_engine_ignored_records", "Records too old to be folded", sum(&WorkerCounters::ignored));
  metrics.gauge("handrail_engine_dead_letters", "Records that could not be folded", sum(&WorkerCounters::dead_letters));
  metrics.gauge("handrail_engine_timers_fired", "Timer records appended", sum(&WorkerCounters::timers));
  metrics.gauge("handrail_engine_signal_changes", "Signals raised, upgraded or retracted",
                sum(&WorkerCounters::signals));
  metrics.gauge("handrail_engine_decisions", "Decisions made", sum(&WorkerCounters::decisions));
  metrics.gauge("handrail_engine_offers", "Offers made", sum(&WorkerCounters::offers));
  metrics.gauge("handrail_engine_checkpoints", "State batches written", sum(&WorkerCounters::checkpoints));
  metrics.gauge("handrail_engine_lag_records", "Durable records not yet folded",
                [this] { return static_cast<double>(ports_.log.end() - std::min(ports_.log.end(), folded())); });
  metrics.gauge("handrail_engine_visitors_in_memory", "Visitors held in memory", [this] {
    std::size_t total = 0;
    for (const auto& worker : workers_) total += worker->visitors_in_memory();
    return static_cast<double>(total);
  });
}

Result<void> Engine::start() {
  if (auto prepared = ports_.store.prepare(options_.partitions, ports_.log.begin()); !prepared) return prepared;
  for (auto& worker : workers_) {
    if (auto recovered = worker->recover(); !recovered) return recovered;
  }
  for (auto& worker : workers_) {
    threads_.emplace_back([this, raw = worker.get()](const std::stop_token& stop) { run(*raw, stop); });
  }
  return {};
}

// Folding and writing fail apart: while the state has no room to be written decisions go on, up to the worker's bound.
void Engine::run(Worker& worker, const std::stop_token& stop) {
  auto write_due = ports_.clock.monotonic_micros() + options_.checkpoint_every * 1000;
  auto sync_due = ports_.clock.monotonic_micros() + options_.sync_every * 1000;
  Result<void> written;  // the last try
  while (true) {
    const bool last_round = stop.stop_requested() && worker.next() >= ports_.log.end();
    const auto stepped = worker.step();
    const auto now = ports_.clock.monotonic_micros();
    if (now >= write_due || write_wanted_ || last_round) {
      written = worker.checkpoint();
      if (written && (now >= sync_due || last_round)) {
        written = sync();
        sync_due = now + options_.sync_every * 1000;
      }
      write_due = now + (written ? options_.checkpoint_every * 1000 : kFaultPauseMicros);
    }
    if (!written && written.error().code != ErrorCode::kUnavailable) options_.on_fatal(written.error());
    report(worker, stepped ? written : Result<void>{pass_on(stepped)});
    progressed_.notify_all();
    if (last_round || (!stepped && stop.stop_requested())) return;
    if (!stepped) {
      std::this_thread::sleep_for(std::chrono::microseconds(kFaultPauseMicros));
    } else if (*stepped == 0 && !(write_wanted_ && written)) {
      ports_.log.wait_beyond(worker.next(), kIdleWait);
    }
  }
}

void Engine::report(const Worker& worker, const Result<void>& round) {
  std::lock_guard lock(mutex_);
  const auto known = faults_.find(&worker);
  if (round) {
    if (known == faults_.end()) return;
    faults_.erase(known);
    return telemetry::log_info("folding and writing go on");
  }
  if (known == faults_.end() || known->second.message != round.error().message)
    telemetry::log_error("trying again: " + round.error().message);
  faults_.insert_or_assign(&worker, round.error());
}

Result<void> Engine::sync() {
  Offset safe = ports_.log.end();
  for (const auto& worker : workers_) safe = std::min(safe, worker->written());
  if (auto done = ports_.store.sync(); !done) return done;
  ports_.log.release_before(safe);
  return {};
}

void Engine::stop() {
  for (auto& thread : threads_) thread.request_stop();
  ports_.log.wake();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  threads_.clear();
}

template <class Reached>
bool Engine::wait_until(std::chrono::milliseconds span, Reached reached) {
  std::unique_lock lock(mutex_);
  return progressed_.wait_for(lock, span, [&] {
    return std::all_of(workers_.begin(), workers_.end(), [&](const auto& worker) { return reached(*worker); });
  });
}

bool Engine::settle(std::chrono::milliseconds span) {
  const Offset target = ports_.log.end();
  const auto reached = [&](const Worker& w) { return w.written() >= target; };
  if (std::all_of(workers_.begin(), workers_.end(), [&](const auto& w) { return reached(*w); })) return true;
  write_wanted_ = true;
  ports_.log.wake();
  const bool settled = wait_until(span, reached);
  write_wanted_ = false;
  return settled;
}

bool Engine::await_folded(Offset offset, std::chrono::milliseconds span) {
  return wait_until(span, [&](const Worker& w) { return w.announced() > offset; });
}

Offset Engine::folded() const {
  Offset lowest = ports_.log.end();
  for (const auto& worker : workers_) lowest = std::min(lowest, worker->next());
  return lowest;
}

std::optional<Error> Engine::fault() const {
  std::lock_guard lock(mutex_);
  if (faults_.empty()) return std::nullopt;
  return faults_.begin()->second;
}

}  // namespace handrail
