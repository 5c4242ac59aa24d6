// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "adapters/kafka/client.h"
#include "ports/stream_block.h"

namespace handrail::kafka {

struct KafkaConsumerOptions {
  std::string topic;
  std::string group;
  std::size_t messages_max = 1000;  // of one poll
  Millis session = 10 * kSecond;    // a member not heard for so long is out
  Millis heartbeat = kSecond;
};

// Counted by a consumer, read by anyone.
struct KafkaConsumerCounters {
  std::atomic<std::uint64_t> messages{0}, bytes{0}, rebalances{0}, lost_partitions{0};
};

// A member of a consumer group with cooperative rebalancing: partitions that stay go on while others change hands.
// Offsets are committed when what lies below them is done; in between a block may come to two members, whose writes the
// shared state tells apart. For one thread.
class KafkaConsumer {
 public:
  struct Delivery {
    int partition = 0;
    std::int64_t offset = 0;
    StreamBlock block;
  };

  static Result<std::unique_ptr<KafkaConsumer>> open(const ConnectionOptions& connection, KafkaConsumerOptions options);

  // What came, each partition's in order, behind what is held of it; none where nothing came within `wait`.
  std::vector<Delivery> poll(std::chrono::milliseconds wait);
  // Everything of the partition below `next` is done.
  void done(int partition, std::int64_t next) { done_[partition] = next; }
  // These are not done: the next poll gives them again, unless their partition went. Until then it brings no more of
  // their partitions. With each, all of its partition behind it.
  void hold(std::vector<Delivery> undone);
  // Tells the group what is done. Blocks where `is_last`.
  void commit(bool is_last = false);
  // Gives its partitions back, after a last commit.
  void leave();

  const KafkaConsumerCounters& counters() const { return counters_; }
  std::size_t partitions() const { return owned_count_; }
  // Messages of its partitions that are not done, as of its last look at the brokers' ends.
  std::int64_t lag() const { return lag_; }

 private:
  explicit KafkaConsumer(KafkaConsumerOptions options);
  void on_rebalance(const Rebalance& change);
  void take(rd_kafka_message_s* message);
  void pause(const std::set<int>& partitions, bool is_pause);
  void look_at_lag();

  const KafkaConsumerOptions options_;
  Rebalanced rebalanced_;
  Handle handle_;
  std::set<int> owned_;
  std::atomic<std::size_t> owned_count_{0};
  std::vector<Delivery> held_;        // of partitions that are ours, as is what a poll gathers
  std::set<int> paused_;              // because something of them is held
  std::map<int, std::int64_t> done_;  // what is to be committed
  std::map<int, std::int64_t> committed_;
  std::atomic<std::int64_t> lag_{0};
  KafkaConsumerCounters counters_;
};

}  // namespace handrail::kafka
