// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kinesis_sink.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <future>
#include <map>
#include <random>

#include "adapters/common/block_codec.h"
#include "base/encoding.h"
#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::test;
namespace json = boost::json;

namespace {

// A stream that keeps what it takes, refuses some of it, and loses some answers.
class Stream final : public aws::HttpClient {
 public:
  explicit Stream(int refuses, int unheard = 0) : refuses_(refuses), unheard_(unheard) {}

  Result<aws::HttpReply> send(const aws::HttpCall& call) override {
    std::lock_guard lock(mutex_);
    ++calls;
    if (is_down) return fail(ErrorCode::kUnavailable, "refused");
    std::map<std::string, int> keys;
    json::array results;
    const json::value request = json::parse(call.body);
    for (const json::value& record : request.at("Records").as_array()) {
      const std::string key(record.at("PartitionKey").as_string());
      if (++keys[key] > 1) ++doubled;
      const std::string data = *from_base64(record.at("Data").as_string());
      largest = std::max(largest, data.size());
      if (chance(refuses_)) {
        results.push_back(
            json::object{{"ErrorCode", "ProvisionedThroughputExceededException"}, {"ErrorMessage", "slow"}});
        continue;
      }
      const auto records = records_in(data);
      REQUIRE(records);
      for (const std::string& bytes : *records) {
        const auto decoded = decode_record(bytes);
        REQUIRE(decoded);
        taken[decoded->visitor].push_back(std::get<Event>(decoded->body).seq);
      }
      results.push_back(json::object{{"SequenceNumber", std::to_string(++sequence_)}, {"ShardId", "shard-0"}});
    }
    most = std::max(most, results.size());
    if (chance(unheard_)) return fail(ErrorCode::kTimeout, "silence");
    return aws::HttpReply{200, {}, json::serialize(json::object{{"Records", std::move(results)}})};
  }

  std::atomic<bool> is_down{false};
  std::map<std::string, std::vector<std::uint64_t>> taken;
  std::size_t most = 0, largest = 0;
  int calls = 0, doubled = 0;

 private:
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  const int refuses_, unheard_;
  std::mt19937 random_{7};
  std::uint64_t sequence_ = 0;
  std::mutex mutex_;
};

struct Producer {
  explicit Producer(Stream& stream, kinesis::KinesisSinkOptions options = {}) : http(stream) {
    options.stream = "events";
    sink = std::make_unique<kinesis::KinesisSink>(options, client, around);
  }
  // Number `i` of a visitor.
  void append(int visitor, int i) {
    Visit v("v" + std::to_string(visitor));
    Record record = v.page(i);
    std::get<Event>(record.body).seq = static_cast<std::uint64_t>(i);
    auto done = std::make_shared<std::promise<Result<Receipt>>>();
    answers.push_back(done->get_future());
    sink->append({std::move(record)}, [done](Result<Receipt> receipt) { done->set_value(std::move(receipt)); });
  }
  int failures() {
    int count = 0;
    for (auto& answer : answers) count += answer.get() ? 0 : 1;
    return count;
  }

  Stream& http;
  FakeClock clock;
  aws::CredentialChain credentials{
      {[](const std::string&) -> std::optional<std::string> { return "x"; }, "/nowhere"}, http, clock};
  aws::Client::Surrounding around{http, credentials, clock, [this](Millis span) { clock.advance(span); },
                                  [] { return .5; }};
  aws::Client client{{{"eu-central-1", "kinesis"}, ""}, around};
  std::unique_ptr<kinesis::KinesisSink> sink;
  std::vector<std::future<Result<Receipt>>> answers;
};

}  // namespace

TEST_CASE("a stream that refuses some records gets each visitor's in order and once, however they are mixed") {
  Stream stream(40);
  Producer producer(stream, {.give_up_after = kDay});
  constexpr int kVisitors = 40, kEach = 60;
  for (int i = 0; i < kEach; ++i) {
    for (int v = 0; v < kVisitors; ++v) producer.append(v, i);
  }
  CHECK(producer.failures() == 0);
  CHECK(stream.doubled == 0);
  CHECK(stream.taken.size() == kVisitors);
  for (const auto& [visitor, numbers] : stream.taken) {
    CAPTURE(visitor);
    REQUIRE(numbers.size() == kEach);
    CHECK(std::ranges::is_sorted(numbers));
  }
  CHECK(producer.sink->waiting_bytes() == 0);
  CHECK(producer.sink->counters().refused_messages > 0);
}

TEST_CASE("where answers are lost a record may come twice, and is never left out or overtaken for the first time") {
  Stream stream(10, 30);
  Producer producer(stream, {.give_up_after = kDay});
  for (int i = 0; i < 50; ++i) {
    for (int v = 0; v < 10; ++v) producer.append(v, i);
  }
  CHECK(producer.failures() == 0);
  for (auto& [visitor, numbers] : stream.taken) {
    std::vector<std::uint64_t> first;
    for (const std::uint64_t number : numbers) {
      if (std::ranges::find(first, number) == first.end()) first.push_back(number);
    }
    CHECK(first.size() == 50);
    CHECK(std::ranges::is_sorted(first));
  }
}

TEST_CASE("no call is larger than the service takes, and no message") {
  Stream stream(0);
  Producer producer(stream, {.lanes = 1, .waiting_bytes_max = 1 << 30, .block_bytes_max = 50'000});
  for (int v = 0; v < 1200; ++v) producer.append(v, 0);
  for (int i = 1; i < 1000; ++i) producer.append(0, i);
  CHECK(producer.failures() == 0);
  CHECK(stream.most <= kinesis::kMessagesOfCall);
  CHECK(stream.largest < 60'000);
  CHECK(stream.taken.at("v0").size() == 1000);
}

TEST_CASE("a stream that is down is given up in time, and said to be so; what waits too much is refused at once") {
  Stream stream(0);
  stream.is_down = true;
  Producer producer(stream, {.waiting_bytes_max = 5000, .give_up_after = kSecond});
  for (int i = 0; i < 100; ++i) producer.append(0, i);
  CHECK(producer.failures() == 100);
  CHECK_FALSE(producer.sink->health());
  CHECK(producer.sink->counters().refused_appends > 0);
  CHECK(producer.sink->counters().given_up > 0);
  CHECK(producer.sink->waiting_bytes() == 0);
  stream.is_down = false;
  producer.answers.clear();
  producer.append(1, 0);
  CHECK(producer.failures() == 0);
  CHECK(producer.sink->health());
  CHECK_FALSE(producer.sink->newest_of(Visit("v1").key()).empty());
  CHECK(producer.sink->newest_of(Visit("v0").key()).empty());
}
