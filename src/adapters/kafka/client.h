// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
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
using Delivered = std::function<void(void* message, Result<std::pair<int, std::int64_t>>)>;

// Idempotent, acks=all: order within a partition is kept over every retry. `delivered` must outlive the handle.
// kInvalidArgument names a property that librdkafka refuses.
Result<Handle> make_producer(const ConnectionOptions& options, Millis give_up_after, Delivered* delivered);

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
