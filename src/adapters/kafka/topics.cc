// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/topics.h"

#include <librdkafka/rdkafka.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include "telemetry/log.h"

namespace handrail::kafka {
namespace {

constexpr std::size_t kReasonBytes = 512;
constexpr int kCallMs = 5000;

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

struct DropEvent {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
using Event = std::unique_ptr<rd_kafka_event_t, DropEvent>;

struct DropQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};

// What the brokers answer to `ask`, which is given the queue for it.
template <class Ask>
Result<Event> answer_to(rd_kafka_t* handle, Ask ask) {
  const std::unique_ptr<rd_kafka_queue_t, DropQueue> queue(rd_kafka_queue_new(handle));
  ask(queue.get());
  Event event(rd_kafka_queue_poll(queue.get(), kCallMs));
  if (!event) return fail(ErrorCode::kTimeout, "kafka: no broker answers");
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(ErrorCode::kUnavailable, std::string("kafka: ") + rd_kafka_event_error_string(event.get()));
  return event;
}

struct DropNewTopic {
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};

Result<void> create_topic(rd_kafka_t* handle, const Topic& topic) {
  char reason[kReasonBytes];
  const std::unique_ptr<rd_kafka_NewTopic_t, DropNewTopic> wanted(
      rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication, reason, sizeof(reason)));
  if (!wanted) return fail(ErrorCode::kInvalidArgument, std::string("kafka: ") + reason);
  for (const auto& [name, value] : topic.settings)
    rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
  auto event = answer_to(handle, [&, one = wanted.get()](rd_kafka_queue_t* queue) mutable {
    rd_kafka_CreateTopics(handle, &one, 1, nullptr, queue);
  });
  if (!event) return pass_on(event);
  std::size_t count = 0;
  const auto* const* results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto err = rd_kafka_topic_result_error(results[i]);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR && err != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
      return fail(ErrorCode::kInvalidArgument, "kafka: the topic " + topic.name + " cannot be made: " +
                                                   rd_kafka_topic_result_error_string(results[i]));
  }
  return {};
}

struct DropResource {
  void operator()(rd_kafka_ConfigResource_t* resource) const { rd_kafka_ConfigResource_destroy(resource); }
};

// The value of a topic's setting; empty where the broker does not know it.
std::string value_of(const rd_kafka_ConfigResource_t* resource, const char* name) {
  std::size_t count = 0;
  const auto* const* entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    if (value != nullptr && std::strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0) return value;
  }
  return {};
}

// -1: without end, or not said.
Millis span_of(const rd_kafka_ConfigResource_t* resource, const char* name) {
  const std::string value = value_of(resource, name);
  Millis span = -1;
  std::from_chars(value.data(), value.data() + value.size(), span);
  return span;
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

Result<std::optional<Millis>> longest_kept(rd_kafka_s* handle, const std::string& topic) {
  const std::unique_ptr<rd_kafka_ConfigResource_t, DropResource> asked(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  auto event = answer_to(handle, [&, one = asked.get()](rd_kafka_queue_t* queue) mutable {
    rd_kafka_DescribeConfigs(handle, &one, 1, nullptr, queue);
  });
  if (!event) return pass_on(event);
  std::size_t count = 0;
  const auto* const* found =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1 || rd_kafka_ConfigResource_error(found[0]) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(ErrorCode::kUnavailable,
                std::string("kafka: ") + (count == 1 ? rd_kafka_ConfigResource_error_string(found[0]) : "no answer"));
  const Millis kept = span_of(found[0], "retention.ms"), segment = span_of(found[0], "segment.ms");
  if (kept < 0 || segment < 0 || value_of(found[0], "cleanup.policy").find("delete") == std::string::npos)
    return std::optional<Millis>{};
  return std::optional(kept + segment);
}

}  // namespace handrail::kafka
