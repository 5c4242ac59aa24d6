// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/dynamo_history.h"

#include "adapters/dynamodb/dynamo_tables.h"
#include "adapters/dynamodb/schema.h"
#include "base/archive.h"

namespace handrail::dynamodb {

namespace json = boost::json;

namespace {

// A row's records take at most so many bytes before they are packed: an item may have 400 KB, and packing may not help.
// One record alone is at most 32 KB of event and its surroundings.
constexpr std::size_t kRowBytesMax = 256 << 10;
constexpr Millis kIdsKept = 2 * kDay;

struct StoredRecord {
  Offset offset = 0;
  std::string bytes;
};
template <class A>
void fields(A& a, StoredRecord& r) {
  a(r.offset, r.bytes);
}

std::string ids_pk(VisitorKey key) { return "ids#" + key.hex(); }

Item key_item(std::string_view pk, std::string_view sk) { return {{"pk", text(pk)}, {"sk", text(sk)}}; }

}  // namespace

Result<std::vector<core::LoggedRecord>> DynamoHistory::read_visitor(VisitorKey key, Offset before, std::size_t limit) {
  std::vector<core::LoggedRecord> out;
  Result<void> read;
  const auto take_row = [&](const Item& item) -> Result<void> {
    auto value = value_in(item);
    if (!value) return pass_on(value);
    auto records = unarchived<std::vector<StoredRecord>>(*value);
    if (!records) return fail(ErrorCode::kCorrupt, "a row of a visitor's records is damaged");
    for (auto stored = records->rbegin(); stored != records->rend() && out.size() < limit; ++stored) {
      if (stored->offset >= before) continue;
      if (auto record = core::decode_record(stored->bytes)) out.push_back({stored->offset, std::move(*record)});
    }
    return {};
  };
  json::object request{
      {"KeyConditionExpression", "pk = :pk AND sk < :before"},
      {"ExpressionAttributeValues", json::object{{":pk", text(visitor_pk(key))}, {":before", text(sort_key(before))}}},
      {"ScanIndexForward", false},
      {"ConsistentRead", true}};
  auto done = database_.query(kEvents, std::move(request), [&](const Item& item) {
    read = take_row(item);
    return read.has_value() && out.size() < limit;
  });
  if (!done) return pass_on(done);
  if (!read) return pass_on(read);
  return out;
}

Result<std::map<std::uint64_t, SeenId>> DynamoHistory::seen_ids(VisitorKey key, std::span<const std::uint64_t> ids) {
  std::vector<Database::Located> keys;
  for (const std::uint64_t id : ids) keys.emplace_back(std::string(kEvents), key_item(ids_pk(key), sort_key(id)));
  auto found = database_.get(keys);
  if (!found) return pass_on(found);
  std::map<std::uint64_t, SeenId> out;
  for (const auto& [table, item] : *found) {
    const auto id = number_of_key(text_in(item, "sk").value_or("?"));
    if (id) out[*id] = {static_cast<Offset>(number_in(item, "offset").value_or(0)), number_in(item, "at").value_or(0)};
  }
  return out;
}

void DynamoHistory::add_rows(std::vector<Database::Row>& rows, VisitorKey key,
                             std::span<const core::LoggedRecord> block) const {
  std::vector<StoredRecord> records;
  std::size_t bytes = 0;
  const auto end_row = [&] {
    if (records.empty()) return;
    Item item = key_item(visitor_pk(key), sort_key(records.front().offset));
    put_value(item, archived(records));
    item["ttl"] = number((clock_.now() / 1000 + kept_) / kSecond);
    rows.push_back({std::string(kEvents), std::move(item)});
    records.clear();
    bytes = 0;
  };
  for (const core::LoggedRecord& logged : block) {
    std::string encoded = core::encode(logged.record);
    if (bytes + encoded.size() > kRowBytesMax) end_row();
    bytes += encoded.size();
    records.push_back({logged.offset, std::move(encoded)});
  }
  end_row();
}

Result<void> DynamoHistory::write(VisitorKey key, std::span<const std::vector<core::LoggedRecord>> blocks,
                                  const std::map<std::uint64_t, SeenId>& new_ids) {
  std::vector<Database::Row> rows;
  for (const auto& block : blocks) add_rows(rows, key, block);
  for (const auto& [id, seen] : new_ids) {
    Item item = key_item(ids_pk(key), sort_key(id));
    item["offset"] = number(static_cast<std::int64_t>(seen.offset));
    item["at"] = number(seen.at);
    item["ttl"] = number((clock_.now() / 1000 + kIdsKept) / kSecond);
    rows.push_back({std::string(kEvents), std::move(item)});
  }
  return database_.write(rows);
}

Result<void> DynamoHistory::erase(VisitorKey key, Offset below) {
  std::vector<Database::Row> rows;
  const auto remove = [&](const Item& item) {
    rows.push_back({std::string(kEvents), key_item(*text_in(item, "pk"), *text_in(item, "sk")), true});
  };
  json::object records{
      {"KeyConditionExpression", "pk = :pk AND sk < :below"},
      {"ExpressionAttributeValues", json::object{{":pk", text(visitor_pk(key))}, {":below", text(sort_key(below))}}},
      {"ProjectionExpression", "pk, sk"}};
  auto found = database_.query(kEvents, std::move(records), [&](const Item& item) {
    remove(item);
    return true;
  });
  if (!found) return found;
  json::object ids{{"KeyConditionExpression", "pk = :pk"},
                   {"ExpressionAttributeValues", json::object{{":pk", text(ids_pk(key))}}}};
  found = database_.query(kEvents, std::move(ids), [&](const Item& item) {
    if (number_in(item, "offset").value_or(0) < static_cast<std::int64_t>(below)) remove(item);
    return true;
  });
  if (!found) return found;
  return database_.write(rows);
}

}  // namespace handrail::dynamodb
