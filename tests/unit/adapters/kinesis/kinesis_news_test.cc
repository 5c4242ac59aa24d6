// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kinesis_news.h"

#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <map>

#include "adapters/common/block_codec.h"
#include "base/encoding.h"
#include "tests/support/fake_clock.h"

using namespace handrail;
using namespace handrail::test;
namespace json = boost::json;

namespace {

// A stream whose records are numbered from where it was made, and which knows none of another's numbers or iterators.
class Stream final : public aws::HttpClient {
 public:
  void make(const std::string& shard) { shards_[shard].begins = ++sequence_; }
  void remove() { shards_.clear(); }
  void end(const std::string& shard) { shards_[shard].is_open = false; }
  void tell(const std::string& shard, const std::string& text) {
    ChatNews news;
    news.message.text = text;
    shards_[shard].records[++sequence_] = to_base64(message_of(std::vector{Publication{VisitorKey{}, news}}));
  }
  void forget_iterators() { ++generation_; }

  Result<aws::HttpReply> send(const aws::HttpCall& call) override {
    const json::value request = json::parse(call.body);
    for (const auto& [name, value] : call.headers) {
      if (name != "x-amz-target") continue;
      if (value.ends_with("ListShards")) return list();
      if (value.ends_with("GetShardIterator")) return place(request);
      if (value.ends_with("GetRecords")) return records_after(std::string(request.at("ShardIterator").as_string()));
    }
    return fail(ErrorCode::kInternal, "unknown");
  }

  json::value placed;  // the newest request for an iterator

 private:
  struct Shard {
    int begins = 0;
    bool is_open = true;
    std::map<int, std::string> records;
  };
  static aws::HttpReply answer(const json::object& body) { return {200, {}, json::serialize(body)}; }
  static aws::HttpReply refuse(const std::string& type) { return {400, {}, R"({"__type":")" + type + R"("})"}; }

  std::string iterator(const std::string& shard, int after) const {
    return shard + "/" + std::to_string(generation_) + "/" + std::to_string(shards_.at(shard).begins) + "/" +
           std::to_string(after);
  }
  aws::HttpReply list() const {
    json::array listed;
    for (const auto& [id, shard] : shards_)
      listed.push_back(json::object{
          {"ShardId", id},
          {"SequenceNumberRange", json::object{{"StartingSequenceNumber", std::to_string(shard.begins)}}}});
    return answer({{"Shards", std::move(listed)}});
  }
  aws::HttpReply place(const json::value& request) {
    placed = request;
    const std::string id(request.at("ShardId").as_string());
    const auto shard = shards_.find(id);
    if (shard == shards_.end()) return refuse("ResourceNotFoundException");
    const auto& type = request.at("ShardIteratorType").as_string();
    int after = type == "LATEST" ? sequence_ : 0;
    if (type == "AFTER_SEQUENCE_NUMBER") after = std::stoi(request.at("StartingSequenceNumber").as_string().c_str());
    if (after != 0 && after < shard->second.begins) return refuse("InvalidArgumentException");
    return answer({{"ShardIterator", iterator(id, after)}});
  }
  aws::HttpReply records_after(const std::string& given) const {
    const std::string id = given.substr(0, given.find('/'));
    const int after = std::stoi(given.substr(given.rfind('/') + 1));
    if (!shards_.contains(id)) return refuse("ResourceNotFoundException");
    if (given != iterator(id, after)) return refuse("ExpiredIteratorException");
    const Shard& shard = shards_.at(id);
    json::array records;
    int newest = after;
    for (const auto& [number, data] : shard.records) {
      if (number <= after) continue;
      newest = number;
      records.push_back(json::object{{"SequenceNumber", std::to_string(number)}, {"Data", data}});
    }
    json::object body{{"Records", std::move(records)}};
    if (shard.is_open) body["NextShardIterator"] = iterator(id, newest);
    return answer(body);
  }

  std::map<std::string, Shard> shards_;
  int sequence_ = 0;
  int generation_ = 0;
};

struct Gateway {
  Gateway() { stream.make("shard-0"); }
  void listen() {
    auto opened = kinesis::KinesisNewsReader::open({"outbox"}, client, around);
    REQUIRE(opened);
    reader = std::move(*opened);
  }
  // In some reads; one that fails is followed by another, as a gateway does.
  std::vector<std::string> heard() {
    std::vector<std::string> texts;
    for (int i = 0; i < 4; ++i) {
      const auto news = reader->read(std::chrono::milliseconds(200));
      if (!news) continue;
      for (const Publication& one : *news) texts.push_back(std::get<ChatNews>(one.news).message.text);
    }
    return texts;
  }

  Stream stream;
  FakeClock clock;
  aws::CredentialChain credentials{
      {[](const std::string&) -> std::optional<std::string> { return "x"; }, "/nowhere"}, stream, clock};
  aws::Client::Surrounding around{stream, credentials, clock, [this](Millis span) { clock.advance(span); },
                                  [] { return .5; }};
  aws::Client client{{{"eu-central-1", "kinesis"}, ""}, around};
  std::unique_ptr<kinesis::KinesisNewsReader> reader;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a gateway hears what is told since it listens, also in the children of a shard that split") {
  Gateway gateway;
  gateway.stream.tell("shard-0", "before");
  gateway.listen();
  gateway.stream.tell("shard-0", "one");
  CHECK(gateway.heard() == Texts{"one"});
  gateway.stream.tell("shard-0", "two");
  gateway.stream.end("shard-0");
  gateway.stream.make("shard-1");
  gateway.stream.tell("shard-1", "three");
  CHECK(gateway.heard() == Texts{"two", "three"});
}

TEST_CASE("an iterator that expired is asked for again where the gateway stood") {
  Gateway gateway;
  gateway.listen();
  gateway.stream.forget_iterators();
  gateway.stream.tell("shard-0", "one");
  CHECK(gateway.heard() == Texts{"one"});  // nothing was heard before: from about when it began to listen
  CHECK(gateway.stream.placed.at("ShardIteratorType").as_string() == "AT_TIMESTAMP");
  CHECK(gateway.stream.placed.at("Timestamp").to_number<UnixMillis>() == (kStart - 5 * kMinute) / kSecond);
  gateway.stream.forget_iterators();
  gateway.stream.tell("shard-0", "two");
  CHECK(gateway.heard() == Texts{"two"});
  CHECK(gateway.stream.placed.at("ShardIteratorType").as_string() == "AFTER_SEQUENCE_NUMBER");
}

TEST_CASE("a stream that was made anew is heard from its beginning, whatever became of its shards before") {
  Gateway gateway;
  gateway.listen();
  gateway.stream.tell("shard-0", "old");
  gateway.stream.end("shard-0");
  gateway.stream.make("shard-1");
  CHECK(gateway.heard() == Texts{"old"});
  gateway.stream.remove();
  gateway.stream.make("shard-0");
  gateway.stream.tell("shard-0", "new");
  CHECK(gateway.heard() == Texts{"new"});
  gateway.stream.remove();
  CHECK(gateway.heard().empty());
  gateway.stream.make("shard-0");
  gateway.stream.tell("shard-0", "newer");
  CHECK(gateway.heard() == Texts{"newer"});
}
