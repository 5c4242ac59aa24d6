// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_log.h"
#include "adapters/memory/memory_tables.h"
#include "engine/worker.h"
#include "tests/simulation/passing.h"
#include "tests/support/records.h"

namespace handrail::test {

// What goes wrong in a run. Probabilities are in percent, asked at every step of a worker.
struct Weather {
  int kill = 0;        // the process dies: what was written stays, what was in memory goes
  int power_loss = 0;  // only what was synced stays
  int store_fails = 0;
  int checkpoint = 30;
  std::size_t read_bytes = 1 << 20;
};

// Keeps what is published, as a page would: knows offers by id.
class RecordingOutbox final : public Outbox {
 public:
  void publish(std::vector<Publication> publications) override {
    for (const Publication& p : publications) {
      if (const auto* news = std::get_if<InterventionNews>(&p.news)) pushed.push_back(news->intervention.id);
    }
  }
  bool is_watched(VisitorKey) const override { return false; }
  std::vector<InterventionId> pushed;
};

// Tables that refuse to write now and then, before anything is written.
class FlakyTables final : public PassingTables {
 public:
  FlakyTables(std::shared_ptr<MemoryTables> inner, std::mt19937& random, int percent)
      : PassingTables(std::move(inner)), random_(random), percent_(percent) {}
  Result<void> write(std::span<const Write> writes) override {
    if (static_cast<int>(random_() % 100) < percent_) return fail(ErrorCode::kUnavailable, "flaky");
    return PassingTables::write(writes);
  }

 private:
  std::mt19937& random_;
  int percent_;
};

// A log, its workers and their state, under some weather. Feeds records when their time comes and lets workers step.
class World {
 public:
  World(std::uint32_t partitions, Weather weather, std::uint32_t seed, WorkerOptions options = {});

  // Appends the records in order of their time, with the clock going along, then lets `silence` pass.
  void play(std::vector<Record> records, Millis silence = 10 * kMinute);

  // Every decision and intervention, in order of id, as bytes: what must not depend on the weather.
  std::string outcome();
  std::size_t count(Table table) const;
  MemoryLog& log() { return log_; }
  TableStateStore& store() { return *store_; }
  std::size_t kills() const { return kills_; }
  const RecordingOutbox& outbox() const { return outbox_; }
  void settle();

 private:
  void start_all();
  void catch_up();
  void advance_to(UnixMillis until);
  void step_some(int steps);
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  const std::uint32_t partitions_;
  const Weather weather_;
  const WorkerOptions options_;
  std::mt19937 random_;
  FakeClock clock_;
  MemoryLog log_;
  std::shared_ptr<MemoryTables> tables_;
  std::unique_ptr<TableStateStore> store_;
  std::vector<std::unique_ptr<Worker>> workers_;
  RecordingOutbox outbox_;
  std::size_t kills_ = 0;
};

// A population of visitors of many kinds, from a seed: struggling, succeeding, raging, answering, chatting, silent.
std::vector<Record> population(std::uint32_t seed, int visitors, Millis span);

}  // namespace handrail::test
