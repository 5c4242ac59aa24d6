// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/kafka/kafka_consumer.h"
#include "adapters/memory/memory_log.h"
#include "adapters/memory/memory_tables.h"
#include "engine/worker.h"
#include "moving/box.h"
#include "tests/simulation/passing.h"
#include "tests/simulation/world.h"

namespace handrail::test {

// All messages of a topic, each partition's in order from its first on.
std::vector<kafka::KafkaConsumer::Delivery> whole_topic(const std::string& brokers, const std::string& topic);

// What the embedded engine makes of a log that is there already, timers and what was caused for other visitors
// included: it appends nothing.
class EmbeddedFold {
 public:
  explicit EmbeddedFold(const std::vector<core::LoggedRecord>& control);

  void add(const StreamBlock& block);
  void fold();  // all that was added
  moving::VisitorBox box_of(VisitorKey visitor);
  std::uint64_t dead_letters() const { return worker_->counters().dead_letters; }

 private:
  class Told final : public PassingLog {
   public:
    using PassingLog::PassingLog;
    void append(std::vector<core::Record>, Appended done) override { done(Receipt{}); }
  };

  FakeClock clock_;
  MemoryLog log_{clock_};
  Told told_{log_};
  std::shared_ptr<MemoryTables> tables_ = std::make_shared<MemoryTables>();
  std::unique_ptr<TableStateStore> store_;
  RecordingOutbox outbox_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace handrail::test
