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

Result<std::vector<core::LoggedRecord>> DynamoControl::read(Offset from) {
  std::vector<core::LoggedRecord> out;
  Result<void> taken;
  const auto take = [&](const Item& item) -> Result<void> {
    const auto first = number_of_key(text_in(item, "sk").value_or("?"));
    auto value = value_in(item);
    if (!value) return pass_on(value);
    auto encoded = records_in(*value);
    if (!encoded) return pass_on(encoded);
    for (std::size_t i = 0; i < encoded->size(); ++i) {
      auto record = core::decode_record((*encoded)[i]);
      if (!record) return pass_on(record);
      out.push_back({first.value_or(0) + i, std::move(*record)});
    }
    return {};
  };
  json::object request{
      {"KeyConditionExpression", "pk = :pk AND sk >= :from"},
      {"ExpressionAttributeValues", json::object{{":pk", text(kEntries)}, {":from", text(sort_key(from))}}},
      {"ConsistentRead", true}};
  auto done = database_.query(kControl, std::move(request), [&](const Item& item) {
    taken = take(item);
    return taken.has_value();
  });
  if (!done) return pass_on(done);
  if (!taken) return pass_on(taken);
  return out;
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
