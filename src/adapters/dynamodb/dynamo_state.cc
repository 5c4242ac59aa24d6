// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/dynamo_state.h"

#include <unordered_map>

#include "adapters/common/block_codec.h"
#include "adapters/common/stored_rows.h"
#include "adapters/common/table_rows.h"
#include "adapters/dynamodb/schema.h"
#include "base/packed.h"

namespace handrail::dynamodb {

namespace json = boost::json;

namespace {

constexpr std::size_t kUntoldBytesMax = 16 << 20;  // unpacked

struct StoredConsequences {
  std::string rows, news, appends;
};
template <class A>
void fields(A& a, StoredConsequences& c) {
  a(c.rows, c.news, c.appends);
}

std::string stored_form(const Consequences& untold) {
  return packed_bytes(
      archived(StoredConsequences{untold.rows, untold.news.empty() ? std::string{} : message_of(untold.news),
                                  untold.appends.empty() ? std::string{} : block_of(untold.appends)}));
}

tl::unexpected<Error> damaged(const VisitorKey& key) {
  return fail(ErrorCode::kCorrupt, "what is stored of the visitor " + key.hex() + " in DynamoDB is damaged");
}

Result<Consequences> consequences_in(const std::string& packed, const VisitorKey& key) {
  const auto bytes = unpacked_bytes(packed, kUntoldBytesMax);
  auto stored = bytes ? unarchived<StoredConsequences>(*bytes) : std::nullopt;
  if (!stored) return damaged(key);
  Consequences untold{std::move(stored->rows), {}, {}};
  if (!stored->news.empty()) {
    auto news = news_in(stored->news);
    if (!news) return pass_on(news);
    untold.news = std::move(*news);
  }
  if (stored->appends.empty()) return untold;
  auto records = records_in(stored->appends);
  if (!records) return pass_on(records);
  for (const std::string& encoded : *records) {
    auto record = core::decode_record(encoded);
    if (!record) return pass_on(record);
    untold.appends.push_back(std::move(*record));
  }
  return untold;
}

Result<SharedVisitor> visitor_in(const Item& item, const VisitorKey& key) {
  SharedVisitor out;
  out.version = static_cast<std::uint64_t>(number_in(item, "version").value_or(0));
  out.applied = text_in(item, "applied").value_or("");
  auto value = value_in(item);
  if (!value) return pass_on(value);
  if (value->empty()) {
    out.visitor.next_offset = static_cast<Offset>(number_in(item, "next").value_or(0));
  } else {
    auto visitor = core::decode_visitor(*value);
    if (!visitor) return damaged(key);
    out.visitor = std::move(*visitor);
  }
  if (const auto untold = bytes_in(item, "untold")) {
    auto consequences = consequences_in(*untold, key);
    if (!consequences) return pass_on(consequences);
    out.untold = std::move(*consequences);
  }
  return out;
}

std::string bucket_of(const VisitorKey& key) { return std::to_string(key.low % kDueBuckets); }

}  // namespace

Result<std::vector<SharedVisitor>> DynamoState::load(std::span<const VisitorKey> keys) {
  std::vector<Database::Located> wanted;
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    Address address = address_of(Table::kVisitors, keys[i].bytes());
    wanted.emplace_back(std::string(address.table), address.key());
    places.emplace(std::move(address.pk), i);
  }
  auto found = parts_.database.get(wanted);
  if (!found) return pass_on(found);
  std::vector<SharedVisitor> out(keys.size());
  for (const auto& [table, item] : *found) {
    const auto place = places.find(text_in(item, "pk").value_or(""));
    if (place == places.end()) continue;
    auto visitor = visitor_in(item, keys[place->second]);
    if (!visitor) return pass_on(visitor);
    out[place->second] = std::move(*visitor);
  }
  return out;
}

Item DynamoState::item_of(const VisitorCommit& commit, const SharedVisitor& after) const {
  Item item = address_of(Table::kVisitors, commit.key.bytes()).key();
  const core::Visitor& visitor = after.visitor;
  item["version"] = number(static_cast<std::int64_t>(after.version));
  item["applied"] = text(after.applied);
  item["ttl"] = number((parts_.clock.now() / 1000 + kept_) / kSecond);
  if (!after.untold.is_empty()) item["untold"] = bytes(stored_form(after.untold));
  if (visitor.id.empty()) {  // erased: nothing of it but how its records are counted
    item["next"] = number(static_cast<std::int64_t>(visitor.next_offset));
    return item;
  }
  put_value(item, core::encode(visitor));
  item["site"] = text(visitor.site);
  item["visitor"] = text(visitor.id);
  item["seen_at"] = number(visitor.log_time);
  if (const auto due = core::next_due(visitor)) {
    item["due_bucket"] = text(bucket_of(commit.key));
    item["due"] = number(*due);
  }
  return item;
}

Result<SharedVisitor> DynamoState::commit(const VisitorCommit& commit) {
  if (auto kept = parts_.history.write(commit.key, commit.blocks, commit.new_ids); !kept) return pass_on(kept);
  SharedVisitor after{*commit.after,
                      commit.before->version + 1,
                      commit.applied,
                      {stored_rows(commit.rows), commit.news, commit.appends}};
  json::object request{{"TableName", parts_.database.name_of(kJourneys)}, {"Item", item_of(commit, after)}};
  if (commit.before->version == 0) {
    request["ConditionExpression"] = "attribute_not_exists(pk)";
  } else {
    request["ConditionExpression"] = "version = :before";
    request["ExpressionAttributeValues"] =
        json::object{{":before", number(static_cast<std::int64_t>(commit.before->version))}};
  }
  auto put = parts_.database.call("PutItem", request);
  if (!put) return pass_on(put);
  return after;
}

Result<void> DynamoState::write_rows(const std::string& rows, std::uint64_t version) {
  return write_stored_rows(
      rows, [&](std::span<const TableEngine::Write> writes) { return parts_.tables.write_at(writes, version); },
      parts_.lists, [this](const ErasedVisitor& erased) { return parts_.history.erase(erased.visitor, erased.below); });
}

Result<void> DynamoState::mark_told(VisitorKey key, std::uint64_t version) {
  auto done = parts_.database.call(
      "UpdateItem",
      {{"TableName", parts_.database.name_of(kJourneys)},
       {"Key", address_of(Table::kVisitors, key.bytes()).key()},
       {"UpdateExpression", "REMOVE untold"},
       {"ConditionExpression", "version = :version"},
       {"ExpressionAttributeValues", json::object{{":version", number(static_cast<std::int64_t>(version))}}}});
  if (!done) return pass_on(done);
  return {};
}

Result<void> DynamoState::bury(std::span<const DeadLetter> letters) {
  std::vector<TableEngine::Write> writes;
  for (const DeadLetter& letter : letters)
    writes.push_back({Table::kDeadLetters, tables::newest_first(letter.offset), archived(letter)});
  return parts_.tables.write(writes);
}

Result<std::vector<TimerRow>> DynamoState::due(UnixMillis now, std::size_t limit) {
  std::vector<TimerRow> out;
  for (std::uint64_t bucket = 0; bucket < kDueBuckets && out.size() < limit; ++bucket) {
    json::object request{
        {"IndexName", kDueIndex},
        {"KeyConditionExpression", "due_bucket = :bucket AND due <= :now"},
        {"ExpressionAttributeValues", json::object{{":bucket", text(std::to_string(bucket))}, {":now", number(now)}}}};
    auto done = parts_.database.query(kJourneys, std::move(request), [&](const Item& item) {
      const std::string pk = text_in(item, "pk").value_or("");
      if (const auto id = Id128::parse(pk.substr(pk.find('#') + 1)))
        out.push_back({number_in(item, "due").value_or(0), VisitorKey{*id}});
      return out.size() < limit;
    });
    if (!done) return pass_on(done);
  }
  return out;
}

}  // namespace handrail::dynamodb
