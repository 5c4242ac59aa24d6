// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/dynamo_control.h"

#include <algorithm>

#include "adapters/common/block_codec.h"
#include "adapters/common/table_rows.h"
#include "adapters/dynamodb/schema.h"

namespace handrail::dynamodb {

namespace json = boost::json;

namespace {

constexpr int kTriesMax = 20;  // others append too
const std::string kEntries = "entries";

}  // namespace

Result<Offset> DynamoControl::append(const std::vector<core::Record>& entries) {
  std::lock_guard turn(appending_);
  for (int tries = 0; tries < kTriesMax; ++tries) {
    auto newer = read(end_);
    if (!newer) return pass_on(newer);
    if (!newer->empty()) end_ = newer->back().offset + 1;
    Item item{{"pk", text(kEntries)}, {"sk", text(sort_key(end_))}};
    put_value(item, block_of(entries));
    auto put = database_.call("PutItem", {{"TableName", database_.name_of(kControl)},
                                          {"Item", std::move(item)},
                                          {"ConditionExpression", "attribute_not_exists(pk)"}});
    if (put) {
      const Offset first = std::exchange(end_, end_ + entries.size());
      if (auto listed = list_acts(entries, first); !listed) return pass_on(listed);
      return first;
    }
    if (put.error().code != ErrorCode::kConflict) return pass_on(put);
  }
  return fail(ErrorCode::kUnavailable, "others write too much of what holds for all; try again");
}

Result<void> DynamoControl::each_from(Offset from, const std::function<Result<void>(Appended)>& take) {
  Result<void> taken;
  const auto take_item = [&](const Item& item) -> Result<void> {
    auto value = value_in(item);
    if (!value) return pass_on(value);
    auto encoded = records_in(*value);
    if (!encoded) return pass_on(encoded);
    return take({number_of_key(text_in(item, "sk").value_or("?")).value_or(0), std::move(*encoded)});
  };
  json::object request{
      {"KeyConditionExpression", "pk = :pk AND sk >= :from"},
      {"ExpressionAttributeValues", json::object{{":pk", text(kEntries)}, {":from", text(sort_key(from))}}},
      {"ConsistentRead", true}};
  auto done = database_.query(kControl, std::move(request), [&](const Item& item) {
    taken = take_item(item);
    return taken.has_value();
  });
  return done ? taken : done;
}

Result<std::vector<core::LoggedRecord>> DynamoControl::read(Offset from) {
  std::vector<core::LoggedRecord> out;
  auto done = each_from(from, [&](const Appended& appended) -> Result<void> {
    for (std::size_t i = 0; i < appended.records.size(); ++i) {
      auto record = core::decode_record(appended.records[i]);
      if (!record) return pass_on(record);
      out.push_back({appended.first + i, std::move(*record)});
    }
    return {};
  });
  if (!done) return pass_on(done);
  return out;
}

Result<std::size_t> DynamoControl::forget(Offset below, const std::function<bool(Offset)>& is_needed) {
  std::vector<Database::Row> gone;
  std::size_t count = 0;
  auto done = each_from(0, [&](const Appended& appended) -> Result<void> {
    const Offset end = appended.first + appended.records.size();
    if (end >= below) return {};  // at `below` itself it may be the newest
    for (Offset offset = appended.first; offset < end; ++offset) {
      if (is_needed(offset)) return {};
    }
    count += appended.records.size();
    gone.push_back({std::string(kControl), {{"pk", text(kEntries)}, {"sk", text(sort_key(appended.first))}}, true});
    return {};
  });
  if (!done) return pass_on(done);
  if (auto written = database_.write(gone); !written) return pass_on(written);
  return count;
}

Result<void> DynamoControl::list_acts(const std::vector<core::Record>& entries, Offset first) {
  std::vector<TableEngine::Write> writes;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!std::holds_alternative<core::Act>(entries[i].body)) continue;
    writes.push_back(
        {Table::kActs, tables::newest_first(first + i), archived(tables::stored({first + i, entries[i]}))});
  }
  return tables_.write(writes);
}

}  // namespace handrail::dynamodb
