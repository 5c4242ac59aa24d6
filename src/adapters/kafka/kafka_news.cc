// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_news.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <map>

#include "adapters/common/block_codec.h"
#include "telemetry/log.h"

namespace handrail::kafka {
namespace {

constexpr int kFlushMs = 50;
constexpr std::size_t kMessagesOfRead = 1000;
constexpr int kEndsWithinMs = 5000;
constexpr std::chrono::seconds kEndsPatience{20};
constexpr std::chrono::milliseconds kEndsPause{200};

using Told = std::promise<Result<void>>;

struct DropList {
  void operator()(rd_kafka_topic_partition_list_t* list) const { rd_kafka_topic_partition_list_destroy(list); }
};
using Places = std::unique_ptr<rd_kafka_topic_partition_list_t, DropList>;

// Where the topic ends now. A broker that came up just now may not know it yet, and says so at once. Not by
// rd_kafka_query_watermark_offsets: it does not keep to its timeout once it has asked.
Result<Places> ends_of(rd_kafka_t* handle, const std::string& topic, int partitions) {
  const auto deadline = std::chrono::steady_clock::now() + kEndsPatience;
  auto err = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (; std::chrono::steady_clock::now() < deadline; std::this_thread::sleep_for(kEndsPause)) {
    Places places(rd_kafka_topic_partition_list_new(partitions));
    for (int i = 0; i < partitions; ++i)
      rd_kafka_topic_partition_list_add(places.get(), topic.c_str(), i)->offset = RD_KAFKA_OFFSET_END;
    err = rd_kafka_offsets_for_times(handle, places.get(), kEndsWithinMs);
    for (int i = 0; i < partitions && err == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) err = places->elems[i].err;
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR) return places;
  }
  return fail(ErrorCode::kUnavailable,
              "kafka: where the topic " + topic + " ends cannot be read: " + rd_kafka_err2str(err));
}

}  // namespace

KafkaNewsSender::KafkaNewsSender(std::string topic)
    : topic_(std::move(topic)), delivered_([](void* message, const Result<std::pair<int, std::int64_t>>& place) {
        const std::unique_ptr<Told> told(static_cast<Told*>(message));
        place ? told->set_value({}) : told->set_value(pass_on(place));
      }) {}

Result<std::unique_ptr<KafkaNewsSender>> KafkaNewsSender::open(const ConnectionOptions& connection, std::string topic,
                                                               Millis give_up_after, Failed failed) {
  ConnectionOptions quick = connection;
  quick.properties.insert(quick.properties.begin(), {"linger.ms", "0"});  // a page waits
  std::unique_ptr<KafkaNewsSender> sender(new KafkaNewsSender(std::move(topic)));
  auto handle = make_producer(quick, give_up_after, &sender->delivered_);
  if (!handle) return pass_on(handle);
  sender->handle_ = std::move(*handle);
  sender->polling_ = poll_reports(sender->handle_.get(), "kafka-news", std::move(failed));
  return sender;
}

KafkaNewsSender::~KafkaNewsSender() {
  if (!handle_) return;
  rd_kafka_flush(handle_.get(), kFlushMs);
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  polling_.request_stop();
  polling_.join();
  rd_kafka_flush(handle_.get(), kFlushMs);
}

Result<void> KafkaNewsSender::send(const std::vector<Publication>& news) {
  std::map<VisitorKey, std::vector<Publication>> by_visitor;
  for (const Publication& publication : news) by_visitor[publication.visitor].push_back(publication);
  std::vector<std::future<Result<void>>> waiting;
  for (const auto& [visitor, own] : by_visitor) {
    const std::string key = visitor.hex();
    const std::string message = message_of(own);
    auto told = std::make_unique<Told>();
    waiting.push_back(told->get_future());
    const auto err =
        rd_kafka_producev(handle_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
                          RD_KAFKA_V_VALUE(const_cast<char*>(message.data()), message.size()),
                          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(told.get()), RD_KAFKA_V_END);
    if (err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      (void)told.release();  // comes back with its delivery report
    } else {
      told->set_value(fail(ErrorCode::kUnavailable, std::string("kafka: ") + rd_kafka_err2str(err)));
    }
  }
  Result<void> all;
  for (auto& told : waiting) {
    if (auto one = told.get(); !one) all = one;
  }
  return all;
}

Result<std::unique_ptr<KafkaNewsReader>> KafkaNewsReader::open(const ConnectionOptions& connection,
                                                               const std::string& topic, int partitions) {
  const Settings settings{{"group.id", "handrail-gateway"},  // must be there, and is not joined
                          {"enable.auto.commit", "false"},
                          {"enable.auto.offset.store", "false"},
                          {"auto.offset.reset", "latest"},
                          {"fetch.wait.max.ms", "100"}};
  auto handle = make_consumer(connection, settings, nullptr);
  if (!handle) return pass_on(handle);
  std::unique_ptr<KafkaNewsReader> reader(new KafkaNewsReader);
  reader->handle_ = std::move(*handle);
  // From where it ends now, so that what comes before the first fetch is heard.
  auto ends = ends_of(reader->handle_.get(), topic, partitions);
  if (!ends) return pass_on(ends);
  const auto err = rd_kafka_assign(reader->handle_.get(), ends->get());
  if (err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return fail(ErrorCode::kUnavailable, std::string("kafka: ") + rd_kafka_err2str(err));
  return reader;
}

Result<std::vector<Publication>> KafkaNewsReader::read(std::chrono::milliseconds wait) {
  std::vector<Publication> news;
  auto left = static_cast<int>(wait.count());
  for (std::size_t count = 0; count < kMessagesOfRead; ++count) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(handle_.get(), left);
    if (message == nullptr) break;
    left = 0;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      auto own = news_in(std::string_view(static_cast<const char*>(message->payload), message->len));
      if (own) {
        std::ranges::move(*own, std::back_inserter(news));
      } else {
        telemetry::log_warning("a message of the outbox is left out: " + own.error().message);
      }
    } else if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      telemetry::log_warning(std::string("kafka: ") + rd_kafka_message_errstr(message));
    }
    rd_kafka_message_destroy(message);
  }
  return news;
}

}  // namespace handrail::kafka
