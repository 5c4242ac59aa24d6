// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"

struct rd_kafka_s;
struct rd_kafka_message_s;

// librdkafka's handles, made with what every one of ours needs. Its header is seen by this folder's sources only.
namespace handrail::kafka {

struct ConnectionOptions {
  std::string brokers;  // "host:port", with commas
  // librdkafka's own properties, by name: security.protocol, sasl.*, ssl.*, and whatever else. They win over ours.
  std::vector<std::pair<std::string, std::string>> properties;
};

struct Close {
  void operator()(rd_kafka_s* handle) const;
};
using Handle = std::unique_ptr<rd_kafka_s, Close>;

// Told on the handle's polling thread what became of a message: its partition and offset, or why it was not taken.
// Where the brokers are only believed to have it, and did not say under which offset, it counts as not taken: the
// idempotent producer concludes that from answers to messages near it, and after a broker's end it may be wrong.
using Delivered = std::function<void(void* message, Result<std::pair<int, std::int64_t>>)>;
// Told once, on the polling thread, that the handle will never do anything again, and why.
using Failed = std::function<void(const Error&)>;

// Idempotent, acks=all: order within a partition is kept over every retry. `delivered` must outlive the handle.
// kInvalidArgument names a property that librdkafka refuses.
Result<Handle> make_producer(const ConnectionOptions& options, Millis give_up_after, Delivered* delivered);
// A thread that takes a producer's reports until it is asked to stop. `failed` may be nothing.
std::jthread poll_reports(rd_kafka_s* producer, const char* thread_name, Failed failed);

using Settings = std::vector<std::pair<std::string, std::string>>;
// Events of the group are told to `rebalanced` (may be nothing), from within a poll.
struct Rebalance {
  bool is_assigned = false;  // else revoked
  bool is_lost = false;      // revoked, and already another's
  std::vector<int> partitions;
};
using Rebalanced = std::function<void(const Rebalance&)>;
Result<Handle> make_consumer(const ConnectionOptions& options, const Settings& settings, Rebalanced* rebalanced);

}  // namespace handrail::kafka
