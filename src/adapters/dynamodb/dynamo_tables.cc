// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/dynamo_tables.h"

#include <algorithm>
#include <array>
#include <map>

#include "adapters/dynamodb/schema.h"
#include "base/encoding.h"
#include "base/packed.h"
#include "base/side_by_side.h"

namespace handrail::dynamodb {

namespace json = boost::json;

namespace {

constexpr std::size_t kValueBytesMax = 16 << 20;  // unpacked
constexpr std::size_t kPutsAtOnce = 8;
constexpr std::string_view kNothingMore = "-";  // sort key of a row whose whole key names its partition

// How the keys of a table are cut in two: the first bytes name the partition, under `kind`; the rest orders its rows.
struct Cut {
  std::string_view table;
  std::string_view kind;
  std::size_t bytes;
};

const Cut& cut_of(Table table) {
  static constexpr std::array<std::pair<Table, Cut>, 18> kCuts = {{
      {Table::kMeta, {kControl, "meta", 0}},
      {Table::kVisitors, {kJourneys, "visitor", 16}},
      {Table::kSignals, {kSignals, "visitor", 16}},
      {Table::kDecisions, {kInterventions, "decision", 16}},
      {Table::kDecisionsByVisitor, {kInterventions, "decisions", 16}},
      {Table::kInterventions, {kInterventions, "intervention", 16}},
      {Table::kInterventionsByVisitor, {kInterventions, "interventions", 16}},
      {Table::kLiveInterventions, {kInterventions, "live", 0}},
      {Table::kJourneys, {kJourneys, "journeys", 16}},
      {Table::kConversations, {kChat, "conversation", 16}},
      {Table::kOpenConversations, {kChat, "open", 0}},
      {Table::kClosedConversations, {kChat, "closed", 0}},
      {Table::kMessages, {kChat, "messages", 16}},
      {Table::kTimers, {kJourneys, "timers", 0}},
      {Table::kDeadLetters, {kControl, "dead-letters", 0}},
      {Table::kActs, {kControl, "acts", 0}},
      {Table::kExposures, {kOutcomes, "site", 8}},
      {Table::kErased, {kControl, "erased", 0}},
  }};
  return std::ranges::find(kCuts, table, &std::pair<Table, Cut>::first)->second;
}

std::string pk_of(const Cut& cut, std::string_view key) {
  std::string pk(cut.kind);
  if (cut.bytes > 0) pk += "#" + to_hex(key.substr(0, cut.bytes));
  return pk;
}

bool is_kept_for_good(Table table) { return table == Table::kMeta || table == Table::kErased; }

bool is_of_another(Table table) { return table == Table::kVisitors || table == Table::kTimers; }

}  // namespace

Address address_of(Table table, std::string_view key) {
  const Cut& cut = cut_of(table);
  const std::string_view rest = key.substr(std::min(key.size(), cut.bytes));
  return {cut.table, pk_of(cut, key), rest.empty() ? std::string(kNothingMore) : to_hex(rest)};
}

std::string visitor_pk(const VisitorKey& visitor) { return "visitor#" + visitor.hex(); }

void put_value(Item& item, std::string_view value) {
  if (!value.empty()) item["v"] = bytes(packed_bytes(value));
}

Result<std::string> value_in(const Item& item) {
  if (!item.contains("v")) return std::string{};
  const auto packed = bytes_in(item, "v");
  auto value = packed ? unpacked_bytes(*packed, kValueBytesMax) : std::nullopt;
  if (!value) {
    return fail(ErrorCode::kCorrupt, "the row " + text_in(item, "pk").value_or("?") + " / " +
                                         text_in(item, "sk").value_or("?") + " in DynamoDB is damaged");
  }
  return std::move(*value);
}

std::vector<Database::Row> DynamoTables::rows_of(std::span<const Write> writes) const {
  const std::int64_t until = (clock_.now() / 1000 + kept_) / kSecond;
  std::map<std::pair<Table, std::string_view>, const Write*> newest;  // a batch may name a key once
  for (const Write& w : writes) {
    if (!is_of_another(w.table)) newest[{w.table, w.key}] = &w;
  }
  std::vector<Database::Row> rows;
  for (const auto& [key, write] : newest) {
    const Address address = address_of(write->table, write->key);
    Database::Row row{std::string(address.table), address.key(), !write->value};
    if (write->value) {
      put_value(row.key_or_item, *write->value);
      if (!is_kept_for_good(write->table)) row.key_or_item["ttl"] = number(until);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<void> DynamoTables::write(std::span<const Write> writes) { return database_.write(rows_of(writes)); }

Result<void> DynamoTables::write_at(std::span<const Write> writes, std::uint64_t version) {
  std::vector<Database::Row> rows = rows_of(writes);
  const auto plain = std::ranges::stable_partition(
      rows, [](const Database::Row& row) { return !row.removes && row.key_or_item.contains("v"); });
  const auto valued = static_cast<std::size_t>(plain.begin() - rows.begin());
  std::vector<Result<void>> put(valued);
  side_by_side(valued, kPutsAtOnce, [&](std::size_t i) { put[i] = put_at(std::move(rows[i]), version); });
  for (const Result<void>& one : put) {
    if (!one) return one;
  }
  return database_.write(std::span(rows).subspan(valued));
}

Result<void> DynamoTables::put_at(Database::Row row, std::uint64_t version) {
  row.key_or_item["at_version"] = number(static_cast<std::int64_t>(version));
  auto put = database_.call(
      "PutItem",
      {{"TableName", database_.name_of(row.table)},
       {"Item", std::move(row.key_or_item)},
       {"ConditionExpression", "attribute_not_exists(at_version) OR at_version <= :version"},
       {"ExpressionAttributeValues", json::object{{":version", number(static_cast<std::int64_t>(version))}}}});
  if (put || put.error().code == ErrorCode::kConflict) return {};
  return pass_on(put);
}

Result<void> DynamoTables::copy_to(const std::filesystem::path& folder) {
  return fail(ErrorCode::kInvalidArgument, folder.string() + ": a state in DynamoDB is not copied to files");
}

Result<std::vector<std::optional<std::string>>> DynamoTables::get(Table table, std::span<const std::string> keys) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> wanted;
  std::vector<Database::Located> asked;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Address address = address_of(table, keys[i]);
    auto& places = wanted[{address.pk, address.sk}];
    if (places.empty()) asked.emplace_back(std::string(address.table), address.key());
    places.push_back(i);
  }
  auto found = database_.get(asked);
  if (!found) return pass_on(found);
  std::vector<std::optional<std::string>> out(keys.size());
  for (const auto& [name, item] : *found) {
    auto value = value_in(item);
    if (!value) return pass_on(value);
    if (table == Table::kVisitors && value->empty()) continue;  // erased
    for (const std::size_t place : wanted[{text_in(item, "pk").value_or(""), text_in(item, "sk").value_or("")}])
      out[place] = *value;
  }
  return out;
}

Result<TableEngine::Rows> DynamoTables::scan(Table table, std::string_view prefix, std::string_view after,
                                             std::size_t limit) {
  const Cut& cut = cut_of(table);
  if (prefix.size() != cut.bytes) {
    return fail(ErrorCode::kInvalidArgument,
                "DynamoDB lists the rows of one partition of " + std::string(cut.kind) + ", not of several");
  }
  json::object values{{":pk", text(pk_of(cut, prefix))}};
  std::string condition = "pk = :pk";
  if (!after.empty()) {
    condition += " AND sk > :after";
    values[":after"] = text(address_of(table, after).sk);
  }
  json::object request{{"KeyConditionExpression", condition},
                       {"ExpressionAttributeValues", std::move(values)},
                       {"ConsistentRead", true}};
  if (limit < 1000) request["Limit"] = limit;
  Rows rows;
  Result<void> read;
  auto done = database_.query(cut.table, std::move(request), [&](const Item& item) {
    const auto rest = from_hex(text_in(item, "sk").value_or(""));
    auto value = value_in(item);
    if (!value) {
      read = pass_on(value);
      return false;
    }
    rows.emplace_back(std::string(prefix) + rest.value_or(""), std::move(*value));
    return rows.size() < limit;
  });
  if (!done) return pass_on(done);
  if (!read) return pass_on(read);
  return rows;
}

}  // namespace handrail::dynamodb
