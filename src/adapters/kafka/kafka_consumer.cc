// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_consumer.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "adapters/common/block_codec.h"
#include "telemetry/log.h"

namespace handrail::kafka {
namespace {

struct DropMessage {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, DropMessage>;

struct DropList {
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using List = std::unique_ptr<rd_kafka_topic_partition_list_t, DropList>;

List list_of(const std::string& topic, const std::map<int, std::int64_t>& offsets) {
  List list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
  for (const auto& [partition, offset] : offsets)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
  return list;
}

StreamBlock block_in(const rd_kafka_message_t& message) {
  const std::string_view key(static_cast<const char*>(message.key), message.key == nullptr ? 0 : message.key_len);
  const std::string_view value(static_cast<const char*>(message.payload), message.payload == nullptr ? 0 : message.len);
  rd_kafka_timestamp_type_t type{};
  StreamBlock block;
  block.sequence = std::to_string(message.offset);
  block.arrived_at = std::max<std::int64_t>(0, rd_kafka_message_timestamp(&message, &type));
  if (const auto id = Id128::parse(key)) block.visitor = VisitorKey{*id};
  block.records = records_in(value);
  if (!block.records || block.visitor.is_zero()) block.raw = value;
  return block;
}

}  // namespace

KafkaConsumer::KafkaConsumer(KafkaConsumerOptions options)
    : options_(std::move(options)), rebalanced_([this](const Rebalance& change) { on_rebalance(change); }) {}

Result<std::unique_ptr<KafkaConsumer>> KafkaConsumer::open(const ConnectionOptions& connection,
                                                           KafkaConsumerOptions options) {
  const Settings settings{{"group.id", options.group},
                          {"partition.assignment.strategy", "cooperative-sticky"},
                          {"enable.auto.commit", "false"},
                          {"enable.auto.offset.store", "false"},
                          {"auto.offset.reset", "earliest"},
                          {"isolation.level", "read_committed"},
                          {"session.timeout.ms", std::to_string(options.session)},
                          {"heartbeat.interval.ms", std::to_string(options.heartbeat)},
                          {"fetch.wait.max.ms", "20"}};
  std::unique_ptr<KafkaConsumer> consumer(new KafkaConsumer(std::move(options)));
  auto handle = make_consumer(connection, settings, &consumer->rebalanced_);
  if (!handle) return pass_on(handle);
  consumer->handle_ = std::move(*handle);
  const List topics(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(topics.get(), consumer->options_.topic.c_str(), RD_KAFKA_PARTITION_UA);
  const auto err = rd_kafka_subscribe(consumer->handle_.get(), topics.get());
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(ErrorCode::kInvalidArgument, std::string("kafka: ") + rd_kafka_err2str(err));
  return consumer;
}

void KafkaConsumer::on_rebalance(const Rebalance& change) {
  ++counters_.rebalances;
  if (change.is_assigned) {
    owned_.insert(change.partitions.begin(), change.partitions.end());
  } else {
    if (!change.is_lost) commit(true);
    if (change.is_lost) counters_.lost_partitions += change.partitions.size();
    for (const int partition : change.partitions) {
      owned_.erase(partition);
      paused_.erase(partition);
      done_.erase(partition);
      committed_.erase(partition);
    }
    std::erase_if(held_, [this](const Delivery& d) { return !owned_.contains(d.partition); });
  }
  owned_count_ = owned_.size();
  telemetry::log_info("kafka: " + std::to_string(change.partitions.size()) + " partitions " +
                      (change.is_assigned ? "came"
                       : change.is_lost   ? "were lost"
                                          : "went") +
                      ", " + std::to_string(owned_.size()) + " are ours");
}

void KafkaConsumer::take(rd_kafka_message_s* raw) {
  const Message message(raw);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF)
      telemetry::log_warning(std::string("kafka: ") + rd_kafka_message_errstr(message.get()));
    return;
  }
  ++counters_.messages;
  counters_.bytes += message->len;
  held_.push_back({message->partition, message->offset, block_in(*message)});
}

std::vector<KafkaConsumer::Delivery> KafkaConsumer::poll(std::chrono::milliseconds wait) {
  auto left = held_.empty() ? static_cast<int>(wait.count()) : 0;
  do {  // at least once, since changes of the group come by it
    rd_kafka_message_t* message = rd_kafka_consumer_poll(handle_.get(), left);
    if (message == nullptr) break;
    take(message);
    left = 0;
  } while (held_.size() < options_.messages_max);
  pause(std::exchange(paused_, {}), false);
  look_at_lag();
  return std::exchange(held_, {});
}

void KafkaConsumer::hold(std::vector<Delivery> undone) {
  held_ = std::move(undone);
  for (const Delivery& delivery : held_) paused_.insert(delivery.partition);
  pause(paused_, true);
}

void KafkaConsumer::pause(const std::set<int>& partitions, bool is_pause) {
  if (partitions.empty()) return;
  std::map<int, std::int64_t> anywhere;
  for (const int partition : partitions) anywhere.emplace(partition, RD_KAFKA_OFFSET_INVALID);
  const List list = list_of(options_.topic, anywhere);
  is_pause ? rd_kafka_pause_partitions(handle_.get(), list.get())
           : rd_kafka_resume_partitions(handle_.get(), list.get());
}

void KafkaConsumer::commit(bool is_last) {
  std::map<int, std::int64_t> news;
  for (const auto& [partition, next] : done_) {
    if (const auto known = committed_.find(partition); known == committed_.end() || known->second != next)
      news.emplace(partition, next);
  }
  if (news.empty()) return;
  const List list = list_of(options_.topic, news);
  const auto err = rd_kafka_commit(handle_.get(), list.get(), is_last ? 0 : 1);
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return telemetry::log_warning(std::string("kafka: what is done could not be told: ") + rd_kafka_err2str(err));
  for (const auto& [partition, next] : news) committed_[partition] = next;
}

void KafkaConsumer::leave() {
  commit(true);
  rd_kafka_consumer_close(handle_.get());
}

// By what the fetches told of the ends: no call to a broker.
void KafkaConsumer::look_at_lag() {
  std::int64_t lag = 0;
  for (const int partition : owned_) {
    std::int64_t low = 0, high = 0;
    if (rd_kafka_get_watermark_offsets(handle_.get(), options_.topic.c_str(), partition, &low, &high) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
      continue;
    const auto done = done_.find(partition);
    lag += done == done_.end() ? 0 : std::max<std::int64_t>(0, high - done->second);
  }
  lag_ = lag;
}

}  // namespace handrail::kafka
