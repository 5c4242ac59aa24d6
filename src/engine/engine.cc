// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <algorithm>

#include "base/thread.h"
#include "telemetry/log.h"
#include "telemetry/stages.h"

namespace handrail {
namespace {

constexpr std::int64_t kFaultPauseMicros = 1'000'000;
constexpr std::chrono::milliseconds kIdleWait{50};

}  // namespace

Engine::Engine(EngineOptions options, Worker::Ports ports, telemetry::Metrics& metrics)
    : options_(std::move(options)),
      ports_(ports),
      retries_(metrics.counter("handrail_consumer_retries_total",
                               "Rounds of folding or writing that failed and are tried again")),
      state_write_seconds_(metrics.histogram("handrail_state_write_seconds", "A batch of state written, unsynced",
                                             telemetry::latency_buckets())) {
  for (std::uint32_t i = 0; i < options_.partitions; ++i) {
    workers_.push_back(std::make_unique<Worker>(Partition{i, options_.partitions}, options_.worker, ports_));
  }
  publish_metrics(metrics);
}

Engine::~Engine() { stop(); }

void Engine::publish_metrics(telemetry::Metrics& metrics) {
  const auto sum = [this](std::atomic<std::uint64_t> WorkerCounters::*counter) {
    return [this, counter] {
      return static_cast<double>(total([counter](const WorkerCounters& c) { return (c.*counter).load(); }));
    };
  };
  metrics.counter("handrail_records_folded_total", "Records folded", sum(&WorkerCounters::folded));
  metrics.counter("handrail_dedup_hits_total", "Records found to be repeats, and folded once",
                  sum(&WorkerCounters::duplicates));
  metrics.counter("handrail_late_events_total", "Events logged and listed, too old to be folded",
                  sum(&WorkerCounters::ignored));
  metrics.counter("handrail_timers_fired_total", "Timer records appended", sum(&WorkerCounters::timers));
  metrics.counter("handrail_signal_changes_total", "Signals raised, upgraded or retracted",
                  sum(&WorkerCounters::signals));
  publish_stages(metrics);
  publish_decisions(metrics);
  publish_outcomes(metrics);
  metrics.gauge("handrail_consumer_lag_events", "Durable records not yet folded",
                [this] { return static_cast<double>(lag()); });
  metrics.gauge("handrail_consumer_iterator_age_seconds", "Age of the newest record read, while there is a lag",
                [this] { return iterator_age_seconds(); });
  metrics.gauge("handrail_visitors_in_memory", "Visitors held in memory", [this] {
    std::size_t held = 0;
    for (const auto& worker : workers_) held += worker->visitors_in_memory();
    return static_cast<double>(held);
  });
}

void Engine::publish_stages(telemetry::Metrics& metrics) {
  using Member = std::atomic<std::uint64_t> WorkerCounters::*;
  const std::pair<const char*, Member> stages[] = {{"read", &WorkerCounters::read_micros},
                                                   {"fold", &WorkerCounters::fold_micros},
                                                   {"publish", &WorkerCounters::publish_micros}};
  for (const auto& [stage, member] : stages) {
    telemetry::stage_seconds(metrics, stage, [this, member] {
      return static_cast<double>(total([member](const WorkerCounters& c) { return (c.*member).load(); })) / 1e6;
    });
  }
}

void Engine::publish_decisions(telemetry::Metrics& metrics) {
  for (std::size_t trigger = 0; trigger < core::kTriggers; ++trigger) {
    for (const std::size_t offered : {0, 1}) {
      const telemetry::Labels labels{{"rule", std::string(core::name_of(static_cast<core::Trigger>(trigger)))},
                                     {"outcome", offered == 1 ? "offer" : "none"}};
      metrics.counter(
          "handrail_decisions_total", "Decisions, by the rule that led to them and what came of them",
          [this, trigger, offered] {
            return static_cast<double>(
                total([&](const WorkerCounters& c) { return c.decided[trigger][offered].load(); }));
          },
          labels);
    }
  }
}

void Engine::publish_outcomes(telemetry::Metrics& metrics) {
  for (const core::Arm arm : {core::Arm::kHelp, core::Arm::kControl}) {
    for (std::size_t kind = 0; kind < core::kOutcomeKinds; ++kind) {
      metrics.counter(
          "handrail_outcomes_total", "What became of visitors who could be helped, by the arm they were drawn into",
          [this, arm, kind] {
            return static_cast<double>(
                total([&](const WorkerCounters& c) { return c.outcomes[static_cast<std::size_t>(arm)][kind].load(); }));
          },
          {{"arm", std::string(core::name_of(arm))},
           {"outcome", std::string(core::name_of(static_cast<core::OutcomeKind>(kind)))}});
    }
  }
}

template <class Counter>
std::uint64_t Engine::total(Counter counter) const {
  std::uint64_t total = 0;
  for (const auto& worker : workers_) total += counter(worker->counters());
  return total;
}

std::uint64_t Engine::dead_letters() const {
  return total([](const WorkerCounters& c) { return c.dead_letters.load(); });
}

std::uint64_t Engine::lag() const { return ports_.log.end() - std::min(ports_.log.end(), folded()); }

double Engine::iterator_age_seconds() const {
  if (lag() == 0) return 0;
  UnixMicros oldest = ports_.clock.now();
  for (const auto& worker : workers_) {
    if (const UnixMicros at = worker->counters().received_at.load(); at > 0) oldest = std::min(oldest, at);
  }
  return static_cast<double>(ports_.clock.now() - oldest) / 1e6;
}

Result<void> Engine::start() {
  durable_at_start_ = ports_.log.end();
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
  name_this_thread("fold");
  lower_this_threads_priority(options_.niceness);
  auto write_due = ports_.clock.monotonic_micros() + options_.checkpoint_every * 1000;
  auto sync_due = ports_.clock.monotonic_micros() + options_.sync_every * 1000;
  Result<void> written;  // the last try
  while (true) {
    const bool last_round = stop.stop_requested() && worker.next() >= ports_.log.end();
    const auto stepped = worker.step();
    const auto now = ports_.clock.monotonic_micros();
    if (now >= write_due || write_wanted_ || last_round) {
      written = write(worker);
      if (written && (now >= sync_due || last_round)) {
        written = sync();
        sync_due = now + options_.sync_every * 1000;
      }
      write_due = now + (written ? options_.checkpoint_every * 1000 : kFaultPauseMicros);
    }
    if (!stepped || !written) retries_.add();
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

Result<void> Engine::write(Worker& worker) {
  if (!worker.has_unwritten()) return {};
  const auto begun = ports_.clock.monotonic_micros();
  auto written = worker.checkpoint();
  if (written) state_write_seconds_.observe(static_cast<double>(ports_.clock.monotonic_micros() - begun) / 1e6);
  return written;
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

bool Engine::knows_control() const {
  return std::ranges::all_of(workers_, [&](const auto& worker) { return worker->announced() >= durable_at_start_; });
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
