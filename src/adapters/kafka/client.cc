// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/client.h"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <string_view>
#include <thread>

#include "telemetry/log.h"

namespace handrail::kafka {
namespace {

constexpr std::size_t kReasonBytes = 512;
constexpr int kCallMs = 5000;

struct DropConf {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, DropConf>;

void log(const rd_kafka_t*, int level, const char* facility, const char* text) {
  constexpr int kWarning = 4;  // syslog's
  const std::string line = std::string("kafka: ") + facility + ": " + text;
  level < kWarning ? telemetry::log_error(line) : telemetry::log_warning(line);
}

Result<Conf> conf_of(const ConnectionOptions& options, const Settings& own) {
  Conf conf(rd_kafka_conf_new());
  Settings all{{"bootstrap.servers", options.brokers}, {"client.id", "handrail"}, {"log_level", "4"}};
  all.insert(all.end(), own.begin(), own.end());
  all.insert(all.end(), options.properties.begin(), options.properties.end());
  for (const auto& [name, value] : all) {
    char reason[kReasonBytes];
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason, sizeof(reason)) != RD_KAFKA_CONF_OK)
      return fail(ErrorCode::kInvalidArgument, "kafka.properties: " + name + ": " + reason, "kafka.properties");
  }
  rd_kafka_conf_set_log_cb(conf.get(), log);
  return conf;
}

Result<Handle> handle_of(rd_kafka_type_t type, Conf conf) {
  char reason[kReasonBytes];
  Handle handle(rd_kafka_new(type, conf.get(), reason, sizeof(reason)));
  if (!handle) return fail(ErrorCode::kInvalidArgument, std::string("kafka: ") + reason, "kafka.properties");
  (void)conf.release();  // the handle's now
  return handle;
}

void on_delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  const auto& told = *static_cast<Delivered*>(opaque);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
    return told(message->_private, std::pair(static_cast<int>(message->partition), message->offset));
  told(message->_private, fail(ErrorCode::kUnavailable, std::string("kafka: ") + rd_kafka_err2str(message->err)));
}

std::vector<int> partitions_in(const rd_kafka_topic_partition_list_t* list) {
  std::vector<int> out;
  for (int i = 0; i < list->cnt; ++i) out.push_back(list->elems[i].partition);
  return out;
}

void check(rd_kafka_error_t* error, const char* what) {
  if (error == nullptr) return;
  telemetry::log_warning(std::string("kafka: ") + what + ": " + rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
}

// Cooperative: partitions come and go one by one, the others go on meanwhile.
void on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t err, rd_kafka_topic_partition_list_t* list, void* opaque) {
  auto* rebalanced = static_cast<Rebalanced*>(opaque);
  const bool is_assigned = err == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  const Rebalance change{is_assigned, !is_assigned && rd_kafka_assignment_lost(handle) != 0, partitions_in(list)};
  if (rebalanced != nullptr && *rebalanced) (*rebalanced)(change);
  if (is_assigned) {
    check(rd_kafka_incremental_assign(handle, list), "taking partitions");
  } else {
    check(rd_kafka_incremental_unassign(handle, list), "giving partitions back");
  }
}

}  // namespace

void Close::operator()(rd_kafka_s* handle) const { rd_kafka_destroy(handle); }

Result<Handle> make_producer(const ConnectionOptions& options, Millis give_up_after, Delivered* delivered) {
  auto conf = conf_of(options, {{"enable.idempotence", "true"},
                                {"acks", "all"},
                                {"partitioner", "murmur2_random"},  // as Java's clients place the same keys
                                {"linger.ms", "5"},
                                {"compression.codec", "lz4"},
                                {"message.timeout.ms", std::to_string(give_up_after)}});
  if (!conf) return pass_on(conf);
  rd_kafka_conf_set_opaque(conf->get(), delivered);
  rd_kafka_conf_set_dr_msg_cb(conf->get(), on_delivered);
  return handle_of(RD_KAFKA_PRODUCER, std::move(*conf));
}

Result<Handle> make_consumer(const ConnectionOptions& options, const Settings& settings, Rebalanced* rebalanced) {
  auto conf = conf_of(options, settings);
  if (!conf) return pass_on(conf);
  if (rebalanced != nullptr) {
    rd_kafka_conf_set_opaque(conf->get(), rebalanced);
    rd_kafka_conf_set_rebalance_cb(conf->get(), on_rebalance);
  }
  auto handle = handle_of(RD_KAFKA_CONSUMER, std::move(*conf));
  if (handle) rd_kafka_poll_set_consumer(handle->get());
  return handle;
}

namespace {

struct DropMetadata {
  void operator()(const struct rd_kafka_metadata* metadata) const { rd_kafka_metadata_destroy(metadata); }
};

// 0: not there, or without a leader for each partition yet.
Result<int> partitions_of(rd_kafka_t* handle, const std::string& name) {
  rd_kafka_topic_t* topic = rd_kafka_topic_new(handle, name.c_str(), nullptr);
  const struct rd_kafka_metadata* raw = nullptr;
  const auto err = rd_kafka_metadata(handle, 0, topic, &raw, kCallMs);
  rd_kafka_topic_destroy(topic);
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(ErrorCode::kUnavailable, std::string("kafka: no broker answers: ") + rd_kafka_err2str(err));
  const std::unique_ptr<const struct rd_kafka_metadata, DropMetadata> metadata(raw);
  if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
  for (int i = 0; i < metadata->topics[0].partition_cnt; ++i) {
    if (metadata->topics[0].partitions[i].leader < 0) return 0;
  }
  return metadata->topics[0].partition_cnt;
}

Result<void> create_topic(rd_kafka_t* handle, const Topic& topic) {
  char reason[kReasonBytes];
  rd_kafka_NewTopic_t* wanted =
      rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication, reason, sizeof(reason));
  if (wanted == nullptr) return fail(ErrorCode::kInvalidArgument, std::string("kafka: ") + reason);
  for (const auto& [name, value] : topic.settings) rd_kafka_NewTopic_set_config(wanted, name.c_str(), value.c_str());
  rd_kafka_queue_t* queue = rd_kafka_queue_new(handle);
  rd_kafka_CreateTopics(handle, &wanted, 1, nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kCallMs);
  Result<void> done;
  if (event == nullptr) {
    done = fail(ErrorCode::kTimeout, "kafka: no broker answers");
  } else if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    done = fail(ErrorCode::kUnavailable, std::string("kafka: ") + rd_kafka_event_error_string(event));
  } else {
    std::size_t count = 0;
    const auto* const* results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto err = rd_kafka_topic_result_error(results[i]);
      if (err != RD_KAFKA_RESP_ERR_NO_ERROR && err != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
        done = fail(ErrorCode::kInvalidArgument, "kafka: the topic " + topic.name + " cannot be made: " +
                                                     rd_kafka_topic_result_error_string(results[i]));
    }
  }
  if (event != nullptr) rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy(wanted);
  return done;
}

}  // namespace

Result<int> ensure_topic(rd_kafka_s* handle, const Topic& topic, Millis within) {
  constexpr std::chrono::milliseconds kPause{200};
  constexpr std::chrono::seconds kToldEvery{5};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(within);
  auto told = std::chrono::steady_clock::now() + kToldEvery;
  bool is_asked = false;
  for (;; std::this_thread::sleep_for(kPause)) {
    auto found = partitions_of(handle, topic.name);
    if (found && *found > 0) return found;
    Error why = found ? Error{ErrorCode::kUnavailable, "kafka: the topic " + topic.name + " has no leaders yet"}
                      : found.error();
    if (found && !is_asked) {
      auto created = create_topic(handle, topic);
      if (!created && created.error().code == ErrorCode::kInvalidArgument) return pass_on(created);
      is_asked = created.has_value();
      if (!created) why = created.error();
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return tl::unexpected<Error>(std::move(why));
    if (now < told) continue;
    told = now + kToldEvery;
    telemetry::log_warning("waiting for the topic " + topic.name + ": " + why.message);
  }
}

}  // namespace handrail::kafka
