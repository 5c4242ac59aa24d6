// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kinesis_news.h"

#include <algorithm>

#include "adapters/aws/text.h"
#include "adapters/common/block_codec.h"
#include "adapters/kinesis/kinesis_api.h"
#include "base/encoding.h"
#include "telemetry/log.h"

namespace handrail::kinesis {

namespace json = boost::json;

namespace {

constexpr int kSendRounds = 6;
constexpr std::size_t kRecordsOfRead = 1000;

}  // namespace

// A message a visitor; those that are refused go again.
Result<void> KinesisNewsSender::send(const std::vector<Publication>& news) {
  std::map<VisitorKey, std::vector<Publication>> by_visitor;
  for (const Publication& publication : news) by_visitor[publication.visitor].push_back(publication);
  std::vector<Message> messages;
  for (const auto& [visitor, own] : by_visitor) messages.push_back({visitor.hex(), message_of(own)});
  std::optional<Error> why;
  for (int round = 1; !messages.empty(); ++round) {
    if (round > kSendRounds) return tl::unexpected(*why);
    if (round > 1) around_.pause(aws::pause_before(round, {}, around_.draw()));
    auto outcomes = put_records(client_, stream_, messages);
    if (!outcomes) return pass_on(outcomes);
    std::vector<Message> again;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if ((*outcomes)[i]) continue;
      why = (*outcomes)[i].error();
      again.push_back(std::move(messages[i]));
    }
    messages = std::move(again);
  }
  return {};
}

Result<std::unique_ptr<KinesisNewsReader>> KinesisNewsReader::open(KinesisNewsOptions options, aws::Client& client,
                                                                   aws::Client::Surrounding around) {
  std::unique_ptr<KinesisNewsReader> reader(new KinesisNewsReader(std::move(options), client, std::move(around)));
  reader->opened_at_ = reader->around_.clock.now() / 1000;
  if (auto found = reader->look_for_shards(true); !found) return pass_on(found);
  for (auto& [id, shard] : reader->shards_) {
    if (auto placed = reader->place_iterator(id, shard); !placed) return pass_on(placed);
  }
  return reader;
}

// Those that are there at the start are read from now on, later ones from their beginning.
Result<void> KinesisNewsReader::look_for_shards(bool is_first) {
  looked_at_ = around_.clock.monotonic_micros();
  json::object request{{"StreamName", options_.stream}};
  while (true) {
    auto answer = call(client_, "ListShards", request);
    if (!answer) return pass_on(answer);
    for (const json::value& listed : aws::array_at(*answer, "Shards")) {
      const std::string id = aws::member(listed, {"ShardId"});
      const auto [shard, is_new] = shards_.try_emplace(id);
      if (is_new) shard->second.from_begin = !is_first;
    }
    const std::string next = aws::member(*answer, {"NextToken"});
    if (next.empty()) return {};
    request = {{"NextToken", next}};
  }
}

Result<void> KinesisNewsReader::place_iterator(const std::string& id, Shard& shard) {
  json::object request{{"StreamName", options_.stream}, {"ShardId", id}};
  if (!shard.after.empty()) {
    request["ShardIteratorType"] = "AFTER_SEQUENCE_NUMBER";
    request["StartingSequenceNumber"] = shard.after;
  } else {
    request["ShardIteratorType"] = shard.from_begin ? "TRIM_HORIZON" : "LATEST";
  }
  auto answer = call(client_, "GetShardIterator", request);
  if (!answer) return pass_on(answer);
  shard.iterator = aws::member(*answer, {"ShardIterator"});
  return {};
}

Result<void> KinesisNewsReader::read_shard(const std::string& id, Shard& shard, std::vector<Publication>& news) {
  if (shard.iterator.empty()) {
    if (auto placed = place_iterator(id, shard); !placed) return placed;
  }
  auto answer = call(client_, "GetRecords", {{"ShardIterator", shard.iterator}, {"Limit", kRecordsOfRead}});
  if (!answer) {
    // One that expired, or that a restarted service does not know: asked for anew the next time.
    if (answer.error().code == ErrorCode::kInvalidArgument) shard.iterator.clear();
    return pass_on(answer);
  }
  for (const json::value& record : aws::array_at(*answer, "Records")) {
    shard.after = aws::member(record, {"SequenceNumber"});
    const auto data = from_base64(aws::member(record, {"Data"}));
    auto own = news_in(data.value_or(""));
    if (!own) {
      telemetry::log_warning("a message of the outbox is left out: " + own.error().message);
      continue;
    }
    std::ranges::move(*own, std::back_inserter(news));
  }
  shard.iterator = aws::member(*answer, {"NextShardIterator"});
  if (shard.iterator.empty()) {  // split or merged
    shard.is_open = false;
    return look_for_shards(false);
  }
  return {};
}

Result<std::vector<Publication>> KinesisNewsReader::read(std::chrono::milliseconds wait) {
  around_.pause(std::min<Millis>(options_.read_every, wait.count()));
  if (around_.clock.monotonic_micros() - looked_at_ > options_.shards_every * 1000) {
    if (auto found = look_for_shards(false); !found) return pass_on(found);
  }
  std::vector<Publication> news;
  std::vector<std::string> ids;
  for (const auto& [id, shard] : shards_) {
    if (shard.is_open) ids.push_back(id);
  }
  std::optional<Error> why;
  for (const std::string& id : ids) {
    if (auto done = read_shard(id, shards_.at(id), news); !done) why = done.error();
  }
  if (why && news.empty()) return tl::unexpected(*why);
  return news;
}

}  // namespace handrail::kinesis
