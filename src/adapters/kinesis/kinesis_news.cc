// SPDX-License-Identifier: Apache-2.0
#include "adapters/kinesis/kinesis_news.h"

#include <algorithm>
#include <set>

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
constexpr Millis kClocksDiffer = 5 * kMinute;  // at most; so much may be heard twice

std::string begin_of(const json::value& shard) {
  const json::value* range = shard.is_object() ? shard.get_object().if_contains("SequenceNumberRange") : nullptr;
  return range == nullptr ? std::string{} : aws::member(*range, {"StartingSequenceNumber"});
}

// An iterator expired, a restarted service does not know it, or the stream was made anew.
bool is_refusal(const Error& why) {
  return why.code == ErrorCode::kInvalidArgument || why.code == ErrorCode::kNotFound;
}

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
    if (auto placed = reader->place_iterator(id, shard, {{"ShardIteratorType", "LATEST"}}); !placed)
      return pass_on(placed);
  }
  return reader;
}

// Those that are there at the start are read from now on, later ones from their beginning.
Result<void> KinesisNewsReader::look_for_shards(bool is_first) {
  looked_at_ = around_.clock.monotonic_micros();
  std::set<std::string> listed;
  json::object request{{"StreamName", options_.stream}};
  std::string next;
  do {
    auto answer = call(client_, "ListShards", request);
    if (!answer) return pass_on(answer);
    for (const json::value& one : aws::array_at(*answer, "Shards")) {
      const std::string id = aws::member(one, {"ShardId"});
      const std::string begins = begin_of(one);
      const auto [known, is_new] = shards_.try_emplace(id);
      if (is_new || known->second.begins != begins) known->second = Shard{begins, !is_first, {}, {}};
      listed.insert(id);
    }
    next = aws::member(*answer, {"NextToken"});
    request = {{"NextToken", next}};
  } while (!next.empty());
  std::erase_if(shards_, [&](const auto& known) { return !listed.contains(known.first); });
  is_list_stale_ = shards_.empty();  // as of a stream that is being made
  return {};
}

json::object KinesisNewsReader::place_of(const Shard& shard) const {
  if (!shard.after.empty())
    return {{"ShardIteratorType", "AFTER_SEQUENCE_NUMBER"}, {"StartingSequenceNumber", shard.after}};
  if (shard.from_begin) return {{"ShardIteratorType", "TRIM_HORIZON"}};
  return {{"ShardIteratorType", "AT_TIMESTAMP"}, {"Timestamp", (opened_at_ - kClocksDiffer) / kSecond}};
}

Result<void> KinesisNewsReader::place_iterator(const std::string& id, Shard& shard, json::object from) {
  from["StreamName"] = options_.stream;
  from["ShardId"] = id;
  auto answer = call(client_, "GetShardIterator", from);
  if (!answer) return pass_on(answer);
  shard.iterator = aws::member(*answer, {"ShardIterator"});
  return {};
}

Result<void> KinesisNewsReader::read_shard(const std::string& id, Shard& shard, std::vector<Publication>& news) {
  if (shard.iterator.empty()) {
    if (auto placed = place_iterator(id, shard, place_of(shard)); !placed) return placed;
  }
  auto answer = call(client_, "GetRecords", {{"ShardIterator", shard.iterator}, {"Limit", kRecordsOfRead}});
  if (!answer) return pass_on(answer);
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
  shard.is_open = !shard.iterator.empty();  // else split or merged
  if (!shard.is_open) is_list_stale_ = true;
  return {};
}

Result<std::vector<Publication>> KinesisNewsReader::read(std::chrono::milliseconds wait) {
  around_.pause(std::min<Millis>(options_.read_every, wait.count()));
  if (is_list_stale_ || around_.clock.monotonic_micros() - looked_at_ > options_.shards_every * 1000) {
    if (auto found = look_for_shards(false); !found) return pass_on(found);
  }
  std::vector<Publication> news;
  std::optional<Error> why;
  for (auto& [id, shard] : shards_) {
    if (!shard.is_open) continue;
    auto done = read_shard(id, shard, news);
    if (done) continue;
    why = done.error();
    if (!is_refusal(*why)) continue;
    shard.iterator.clear();
    is_list_stale_ = true;
  }
  if (why && news.empty()) return tl::unexpected(*why);
  return news;
}

}  // namespace handrail::kinesis
