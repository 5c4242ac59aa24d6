// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/client.h"

#include <librdkafka/rdkafka.h>

#include <string_view>
#include <utility>

#include "base/thread.h"
#include "telemetry/log.h"

namespace handrail::kafka {
namespace {

constexpr std::size_t kReasonBytes = 512;
constexpr int kPollMs = 50;

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
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return told(message->_private,
                fail(ErrorCode::kUnavailable, std::string("kafka: ") + rd_kafka_err2str(message->err)));
  if (message->offset >= 0)
    return told(message->_private, std::pair(static_cast<int>(message->partition), message->offset));
  const std::string place = "partition " + std::to_string(message->partition);
  telemetry::log_warning("kafka: a message of " + place +
                         " is believed to be there, at no known offset: not acknowledged");
  told(message->_private, fail(ErrorCode::kUnavailable, "kafka: " + place + " did not say where the message lies"));
}

// Nothing: it can go on.
std::optional<Error> fatal_error_of(rd_kafka_t* handle) {
  char reason[kReasonBytes];
  if (rd_kafka_fatal_error(handle, reason, sizeof(reason)) == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  return Error{ErrorCode::kUnavailable, std::string("kafka: the producer cannot go on: ") + reason, {}, {}};
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

std::jthread poll_reports(rd_kafka_s* producer, const char* thread_name, Failed failed) {
  return std::jthread([producer, thread_name, failed = std::move(failed)](const std::stop_token& stop) mutable {
    name_this_thread(thread_name);
    while (!stop.stop_requested()) {
      rd_kafka_poll(producer, kPollMs);
      if (!failed) continue;
      if (const auto why = fatal_error_of(producer)) std::exchange(failed, nullptr)(*why);
    }
  });
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

}  // namespace handrail::kafka
