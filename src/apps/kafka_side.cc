// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_news.h"
#include "adapters/kafka/kafka_sink.h"
#include "adapters/kafka/topics.h"
#include "apps/stream_side.h"
#include "base/text.h"

namespace handrail {
namespace {

using kafka::KafkaSinkCounters;

constexpr Millis kTopicsWithin = 30 * kSecond;
constexpr Millis kOfSegment = kHour;         // before it may be removed as a whole
constexpr Millis kOfRemoval = 10 * kMinute;  // brokers look each five minutes, and delete a minute later

class KafkaSide final : public StreamSide {
 public:
  static Result<std::unique_ptr<KafkaSide>> open(Cloud& cloud, const Config& config, const Clock& clock,
                                                 const StreamFailed& failed) {
    auto connection = kafka_connection(config);
    if (!connection) return pass_on(connection);
    std::unique_ptr<KafkaSide> side(new KafkaSide(config, std::move(*connection)));
    kafka::KafkaSinkOptions options;
    options.topic = config.kafka.events_topic;
    options.waiting_bytes_max = static_cast<std::size_t>(config.kafka.waiting_bytes_max);
    options.give_up_after = config.kafka.give_up_after_ms;
    options.failed = failed;
    auto sink = kafka::KafkaSink::open(side->connection_, std::move(options), clock);
    if (!sink) return pass_on(sink);
    side->sink_ = std::move(*sink);
    if (auto made = side->make_topics(cloud); !made) return pass_on(made);
    auto news = kafka::KafkaNewsSender::open(side->connection_, config.kafka.outbox_topic,
                                             config.kafka.give_up_after_ms, failed);
    if (!news) return pass_on(news);
    side->news_ = std::move(*news);
    return side;
  }

  RecordSink& sink() override { return *sink_; }
  const OwnAppends& own() const override { return *sink_; }
  NewsSender& news() override { return *news_; }
  Result<std::unique_ptr<NewsReader>> listen() override {
    auto reader = kafka::KafkaNewsReader::open(connection_, config_.kafka.outbox_topic, outbox_partitions_);
    if (!reader) return pass_on(reader);
    return std::unique_ptr<NewsReader>(std::move(*reader));
  }
  Result<std::optional<Millis>> longest_kept() override {
    return kafka::longest_kept(sink_->handle(), config_.kafka.events_topic);
  }
  std::string durability() const override { return "kafka"; }
  std::string name() const override { return "the topic " + config_.kafka.events_topic; }
  void stop() override { sink_->stop(); }

  void publish_metrics(telemetry::Metrics& metrics) override {
    const auto count = [&](const char* name, const char* help, std::atomic<std::uint64_t> KafkaSinkCounters::*which) {
      metrics.counter(name, help,
                      [sink = sink_.get(), which] { return static_cast<double>((sink->counters().*which).load()); });
    };
    count("handrail_kafka_records_total", "Records that the brokers took", &KafkaSinkCounters::records);
    count("handrail_kafka_messages_total", "Messages that all in-sync replicas have", &KafkaSinkCounters::messages);
    count("handrail_kafka_bytes_total", "Their bytes, before compression", &KafkaSinkCounters::bytes);
    count("handrail_kafka_failed_messages_total", "Messages given up after kafka.give_up_after_ms",
          &KafkaSinkCounters::failed_messages);
    metrics.gauge("handrail_kafka_waiting_bytes", "Accepted and not yet taken by the brokers",
                  [sink = sink_.get()] { return static_cast<double>(sink->waiting_bytes()); });
  }

 private:
  KafkaSide(const Config& config, kafka::ConnectionOptions connection)
      : config_(config), connection_(std::move(connection)) {}

  Result<void> make_topics(Cloud& cloud) {
    const auto& c = config_.kafka;
    const auto topic = [&](const std::string& name, std::int64_t partitions, Millis kept) {
      return kafka::Topic{name,
                          static_cast<int>(partitions),
                          static_cast<int>(c.replication),
                          {{"retention.ms", std::to_string(kept - kOfSegment - kOfRemoval)},
                           {"segment.ms", std::to_string(kOfSegment)},
                           {"min.insync.replicas", std::to_string(std::max<std::int64_t>(1, c.replication - 1))}}};
    };
    auto events = kafka::ensure_topic(sink_->handle(), topic(c.events_topic, c.partitions, c.retention_hours * kHour),
                                      kTopicsWithin);
    if (!events) return pass_on(events);
    auto outbox = kafka::ensure_topic(sink_->handle(), topic(c.outbox_topic, 1, 3 * kHour), kTopicsWithin);
    if (!outbox) return pass_on(outbox);
    outbox_partitions_ = *outbox;
    auto pinned = cloud.pin("kafka " + c.events_topic + " partitions", std::to_string(*events));
    if (pinned || pinned.error().code != ErrorCode::kConflict) return pinned;
    return fail(
        ErrorCode::kConflict,
        "the topic " + c.events_topic + " has " + std::to_string(*events) + " partitions, and had " +
            pinned.error().message +
            ": a visitor's records would change their place and lose their order; use another topic and tables");
  }

  const Config& config_;
  const kafka::ConnectionOptions connection_;
  int outbox_partitions_ = 1;
  std::unique_ptr<kafka::KafkaSink> sink_;
  std::unique_ptr<kafka::KafkaNewsSender> news_;
};

}  // namespace

// "name=value, name=value", or a line each where a value holds commas. What is wrong is not repeated: it may be secret.
Result<kafka::ConnectionOptions> kafka_connection(const Config& config) {
  kafka::ConnectionOptions connection{config.kafka.brokers, {}};
  const std::string& text = config.kafka.properties;
  for (const std::string& item : items_in(text, text.find('\n') == std::string::npos ? ',' : '\n')) {
    const std::size_t equals = item.find('=');
    if (equals == std::string::npos)
      return fail(ErrorCode::kInvalidArgument,
                  "kafka.properties: number " + std::to_string(connection.properties.size() + 1) +
                      " is not name=value; where values hold commas, give a line each",
                  "kafka.properties");
    connection.properties.emplace_back(trimmed(item.substr(0, equals)), trimmed(item.substr(equals + 1)));
  }
  return connection;
}

Result<std::unique_ptr<StreamSide>> kafka_side(Cloud& cloud, const Config& config, const Clock& clock,
                                               StreamFailed failed) {
  auto side = KafkaSide::open(cloud, config, clock, failed);
  if (!side) return pass_on(side);
  return std::unique_ptr<StreamSide>(std::move(*side));
}

}  // namespace handrail
