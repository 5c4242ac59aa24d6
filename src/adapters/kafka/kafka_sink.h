// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "adapters/common/append_parts.h"
#include "adapters/common/refusals.h"
#include "adapters/kafka/client.h"

namespace handrail::kafka {

struct KafkaSinkOptions {
  std::string topic;
  std::size_t waiting_bytes_max = 32 << 20;  // accepted and not yet acknowledged; beyond it kUnavailable
  std::size_t block_bytes_max = 900 << 10;   // of one message; Kafka's own limit is 1 MB
  Millis give_up_after = 10 * kSecond;       // of what the brokers do not take: kUnavailable
  Failed failed;  // nothing will be taken any more: the producer lost its place, and only another one goes on
};

// Counted by a sink, read by anyone.
struct KafkaSinkCounters {
  std::atomic<std::uint64_t> records{0}, messages{0}, bytes{0}, failed_messages{0}, refused_appends{0};
};

// Records into a topic, under their visitor's key: a message for each visitor of an append, acknowledged by all in-sync
// replicas. The idempotent producer keeps a partition's order. Thread-safe.
class KafkaSink final : public RecordSink, public OwnAppends {
 public:
  static Result<std::unique_ptr<KafkaSink>> open(const ConnectionOptions& connection, KafkaSinkOptions options,
                                                 const Clock& clock);
  ~KafkaSink() override { stop(); }

  void append(std::vector<core::Record> records, Appended done) override;
  Result<void> health() const override;
  // After what waits was acknowledged, or given up. Idempotent.
  void stop();
  std::string newest_of(VisitorKey visitor) const override { return newest_.of(visitor); }

  rd_kafka_s* handle() { return handle_.get(); }
  const KafkaSinkCounters& counters() const { return counters_; }
  std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  // A message on its way.
  struct Sent {
    VisitorKey visitor;
    std::size_t records = 0;
    std::size_t bytes = 0;  // of its records
    std::size_t block_bytes = 0;
    std::shared_ptr<AppendTicket> ticket;
  };
  KafkaSink(KafkaSinkOptions options, const Clock& clock);

  void produce(std::unique_ptr<Sent> sent, const std::string& block);
  void take(std::unique_ptr<Sent> sent, const Result<std::pair<int, std::int64_t>>& place);
  void end(const Error& why);

  const KafkaSinkOptions options_;
  Delivered delivered_;
  std::atomic<std::size_t> waiting_bytes_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> has_failed_{false};  // for good
  mutable std::mutex failure_mutex_;     // guards failure_
  std::string failure_;
  Refusals refusals_;  // of messages
  NewestMessages newest_;
  KafkaSinkCounters counters_;
  Handle handle_;
  std::jthread polling_;
};

}  // namespace handrail::kafka
