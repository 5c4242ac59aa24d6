// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/topic_fold.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "gateway/rules_document.h"
#include "moving/list_reader.h"

namespace handrail::test {

std::vector<kafka::KafkaConsumer::Delivery> whole_topic(const std::string& brokers, const std::string& topic) {
  constexpr std::chrono::milliseconds kWait{500};
  constexpr int kPatience = 120, kIdleEnough = 10;  // waits before the first message, and after the last one
  const std::string group = topic + "-" + std::to_string(std::random_device{}());
  auto consumer = kafka::KafkaConsumer::open({brokers, {{"broker.address.family", "v4"}}}, {topic, group});
  REQUIRE(consumer);
  std::vector<kafka::KafkaConsumer::Delivery> all;
  std::map<int, std::int64_t> next;
  for (int idle = 0; idle < (all.empty() ? kPatience : kIdleEnough);) {
    auto some = (*consumer)->poll(kWait);
    idle = some.empty() ? idle + 1 : 0;
    for (auto& delivery : some) {
      REQUIRE_MESSAGE(delivery.offset == next[delivery.partition]++, "the topic does not hold all that was in it");
      all.push_back(std::move(delivery));
    }
  }
  (*consumer)->leave();
  return all;
}

EmbeddedFold::EmbeddedFold(const std::vector<core::LoggedRecord>& control) {
  auto store = TableStateStore::open(std::make_unique<PassingTables>(tables_));
  REQUIRE(store);
  store_ = std::move(*store);
  REQUIRE(store_->prepare(1, 0));
  WorkerOptions options;
  options.rules.policy = gateway::policy_of(Config{}.policy);
  worker_ = std::make_unique<Worker>(Partition{}, options, Worker::Ports{told_, *store_, outbox_, clock_});
  REQUIRE(worker_->recover());
  for (const core::LoggedRecord& entry : control) log_.append({entry.record}, [](const Result<Receipt>&) {});
}

void EmbeddedFold::add(const StreamBlock& block) {
  clock_.set(block.arrived_at);
  REQUIRE(block.records);
  for (const std::string& bytes : *block.records) {
    if (auto record = core::decode_record(bytes)) {
      log_.append({std::move(*record)}, [](const Result<Receipt>&) {});
    } else {
      log_.append_bytes(block.visitor, bytes);
    }
  }
}

void EmbeddedFold::fold() {
  while (worker_->next() < log_.end()) REQUIRE(worker_->step());
  REQUIRE(worker_->checkpoint());
}

moving::VisitorBox EmbeddedFold::box_of(VisitorKey visitor) {
  moving::VisitorBox box;
  box.key = visitor;
  auto stored = store_->load(std::span(&visitor, 1));
  REQUIRE(stored);
  if (stored->front()) box.visitor = std::move(*stored->front());
  moving::ListReader lists(*tables_);
  REQUIRE(lists.learn_conversations());
  REQUIRE(lists.fill(box));
  auto records = log_.read_visitor(visitor, INT64_MAX, SIZE_MAX);
  REQUIRE(records);
  std::ranges::reverse(*records);
  box.records = std::move(*records);
  moving::number_on_its_own(box);
  return box;
}

}  // namespace handrail::test
