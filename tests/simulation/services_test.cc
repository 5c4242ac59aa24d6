// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <future>
#include <map>
#include <random>
#include <set>

#include "adapters/kafka/kafka_consumer.h"
#include "adapters/kafka/kafka_sink.h"
#include "adapters/kafka/topics.h"
#include "adapters/kinesis/kinesis_sink.h"
#include "adapters/lambda/event.h"
#include "cluster/batch_folder.h"
#include "cluster/due_timers.h"
#include "tests/simulation/goldens.h"
#include "tests/simulation/recorded_day.h"
#include "tests/support/dynamo.h"

// The recorded day through streams and tables as they are: our producers, a real broker or stream, the consumer or the
// function's own decoding, DynamoDB's API. Only where HANDRAIL_TEST_DYNAMODB and HANDRAIL_TEST_KAFKA or
// HANDRAIL_TEST_KINESIS name endpoints (make test-peers does).
using namespace handrail;
using namespace handrail::test;

namespace {

namespace json = boost::json;

constexpr Millis kSilence = 10 * kMinute;

struct NoNews final : NewsSender {
  Result<void> send(const std::vector<Publication>&) override { return {}; }
};

// A stream that was filled, as its consumers are given it.
class Stream {
 public:
  virtual ~Stream() = default;
  virtual RecordSink& sink() = 0;
  // What came since; each visitor's in order.
  virtual std::vector<StreamBlock> take() = 0;
};

class KafkaStream final : public Stream {
 public:
  explicit KafkaStream(const std::string& brokers, const Clock& clock) {
    const std::string topic = "day-" + std::to_string(std::random_device{}());
    const kafka::ConnectionOptions connection{brokers, {{"broker.address.family", "v4"}}};
    kafka::KafkaSinkOptions options;
    options.topic = topic;
    auto sink = kafka::KafkaSink::open(connection, options, clock);
    REQUIRE(sink);
    sink_ = std::move(*sink);
    REQUIRE(kafka::ensure_topic(sink_->handle(), {topic, 5, 1, {}}, 30 * kSecond));
    auto consumer = kafka::KafkaConsumer::open(connection, {topic, topic, 100, 10 * kSecond, kSecond});
    REQUIRE(consumer);
    consumer_ = std::move(*consumer);
  }
  ~KafkaStream() override { consumer_->leave(); }

  RecordSink& sink() override { return *sink_; }
  std::vector<StreamBlock> take() override {
    std::vector<StreamBlock> blocks;
    for (auto& delivery : consumer_->poll(std::chrono::milliseconds(500))) {
      consumer_->done(delivery.partition, delivery.offset + 1);
      blocks.push_back(std::move(delivery.block));
    }
    return blocks;
  }

 private:
  std::unique_ptr<kafka::KafkaSink> sink_;
  std::unique_ptr<kafka::KafkaConsumer> consumer_;
};

class KinesisStream final : public Stream {
 public:
  KinesisStream(const std::string& endpoint, Aws& aws)
      : name_("day-" + std::to_string(std::random_device{}())),
        aws_(aws),
        client_(aws.client("kinesis", endpoint, "application/x-amz-json-1.1")) {
    ask("CreateStream", {{"StreamName", name_}, {"ShardCount", 3}});
    while (ask("DescribeStreamSummary", {{"StreamName", name_}})
               .at("StreamDescriptionSummary")
               .at("StreamStatus")
               .as_string() != "ACTIVE")
      aws_.around().pause(100);
    kinesis::KinesisSinkOptions options;
    options.stream = name_;
    sink_ = std::make_unique<kinesis::KinesisSink>(options, client_, aws_.around());
    const json::value shards = ask("ListShards", {{"StreamName", name_}});
    for (const json::value& shard : shards.at("Shards").as_array()) {
      iterators_.push_back(std::string(
          ask("GetShardIterator",
              {{"StreamName", name_}, {"ShardId", shard.at("ShardId")}, {"ShardIteratorType", "TRIM_HORIZON"}})
              .at("ShardIterator")
              .as_string()));
    }
  }

  RecordSink& sink() override { return *sink_; }
  std::vector<StreamBlock> take() override {
    std::vector<StreamBlock> blocks;
    for (std::string& iterator : iterators_) {
      const json::value answer = ask("GetRecords", {{"ShardIterator", iterator}, {"Limit", 200}});
      iterator = std::string(answer.at("NextShardIterator").as_string());
      auto event = lambda::function_event(event_of(answer.at("Records").as_array()));
      REQUIRE(event);
      std::move(event->blocks.begin(), event->blocks.end(), std::back_inserter(blocks));
    }
    return blocks;
  }

 private:
  // As the service calls a function.
  static std::string event_of(const json::array& records) {
    json::array out;
    for (const json::value& record : records) {
      const json::object kinesis{{"partitionKey", record.at("PartitionKey")},
                                 {"sequenceNumber", record.at("SequenceNumber")},
                                 {"data", record.at("Data")},
                                 {"approximateArrivalTimestamp", record.at("ApproximateArrivalTimestamp")}};
      out.push_back(json::object{{"kinesis", kinesis}});
    }
    return json::serialize(json::object{{"Records", std::move(out)}});
  }
  json::value ask(const std::string& operation, const json::object& body) {
    auto reply = client_.call("Kinesis_20131202." + operation, json::serialize(body));
    REQUIRE_MESSAGE(reply, operation);
    return reply->empty() ? json::value(nullptr) : json::parse(*reply);
  }

  const std::string name_;
  Aws& aws_;
  aws::Client client_;
  std::unique_ptr<kinesis::KinesisSink> sink_;
  std::vector<std::string> iterators_;
};

// One worker between the stream and the tables, who is given every batch twice.
class Worker {
 public:
  Worker(DynamoOfItsOwn& dynamo, Stream& stream)
      : stream_(stream),
        control_(dynamo.control(), clock_),
        folder_({}, {dynamo.state(), stream.sink(), news_, control_, clock_}),
        timers_({}, {dynamo.state(), stream.sink(), clock_}) {}

  void play(const std::vector<Record>& records) {
    UnixMicros last = 0;
    std::vector<std::future<bool>> taken;
    for (const Record& record : records) {
      auto told = std::make_shared<std::promise<bool>>();
      taken.push_back(told->get_future());
      stream_.sink().append({record}, [told](const Result<Receipt>& receipt) { told->set_value(receipt.has_value()); });
      last = std::max(last, record.received_at);
    }
    for (auto& one : taken) REQUIRE(one.get());
    clock_.set(last / 1000);
    fold(records.size());
    clock_.advance(kSilence);
    for (;;) {
      auto appended = timers_.append();
      REQUIRE(appended);
      if (*appended == 0) break;
      fold(folded() + *appended);
    }
  }

 private:
  std::uint64_t folded() const { return folder_.counters().folded; }
  // Until so many records are; those that fold into others' orders come on top.
  void fold(std::uint64_t count) {
    for (int idle = 0; folded() < count || idle < 2;) {
      const auto blocks = stream_.take();
      idle = blocks.empty() ? idle + 1 : 0;
      REQUIRE(idle < 60);
      CHECK(folder_.fold(blocks).empty());
      CHECK(folder_.fold(blocks).empty());
    }
  }

  Stream& stream_;
  FakeClock clock_;
  NoNews news_;
  ControlView control_;
  BatchFolder folder_;
  DueTimers timers_;
};

// Decisions and interventions in order of id, as bytes: what SharedWorld and World compare.
std::string outcome(DynamoOfItsOwn& dynamo, const std::vector<Record>& records) {
  std::set<VisitorKey> visitors;
  for (const Record& record : records) visitors.insert(record.key());
  std::set<std::string> decisions, interventions;
  for (const VisitorKey& visitor : visitors) {
    auto decided = dynamo.lists().decisions(visitor, {1000, ""});
    auto offered = dynamo.lists().interventions(visitor, {1000, ""});
    REQUIRE(decided);
    REQUIRE(offered);
    for (const auto& decision : decided->items) decisions.insert(decision.id.bytes());
    for (const auto& offer : offered->items) interventions.insert(offer.id.bytes());
  }
  std::string all;
  for (const auto& [table, ids] : {std::pair(Table::kDecisions, decisions), {Table::kInterventions, interventions}}) {
    const std::vector<std::string> keys(ids.begin(), ids.end());
    auto rows = dynamo.tables().get(table, keys);
    REQUIRE(rows);
    for (std::size_t i = 0; i < keys.size(); ++i) all += keys[i] + rows->at(i).value_or("?");
  }
  return all;
}

}  // namespace

TEST_CASE("a recorded day gives its golden decisions through a real stream into real tables") {
  const char* dynamodb = std::getenv("HANDRAIL_TEST_DYNAMODB");
  const char* brokers = std::getenv("HANDRAIL_TEST_KAFKA");
  const char* kinesis = std::getenv("HANDRAIL_TEST_KINESIS");
  if (dynamodb == nullptr || (brokers == nullptr && kinesis == nullptr)) return;
  const auto records = recorded_day();
  DynamoOfItsOwn dynamo(dynamodb);
  std::unique_ptr<Stream> stream;
  if (brokers != nullptr) stream = std::make_unique<KafkaStream>(brokers, dynamo.aws().clock());
  if (brokers == nullptr) stream = std::make_unique<KinesisStream>(kinesis, dynamo.aws());
  Worker(dynamo, *stream).play(records);
  CHECK(id_of({outcome(dynamo, records)}).hex() == kGoldenOfRecordedDay);
}
