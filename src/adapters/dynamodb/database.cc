// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/database.h"

#include <algorithm>

namespace handrail::dynamodb {

namespace json = boost::json;

namespace {

constexpr std::size_t kKeysOfGet = 100;   // BatchGetItem
constexpr std::size_t kRowsOfWrite = 25;  // BatchWriteItem

}  // namespace

Result<json::object> Database::call(const std::string& operation, const json::object& request) {
  return aws::call(client_, {"DynamoDB", "DynamoDB_20120810."}, operation, request);
}

void Database::pause(int round) { around_.pause(aws::pause_before(round + 1, options_.retry, around_.draw())); }

Result<std::vector<Database::Located>> Database::get(std::span<const Located> keys) {
  std::vector<Located> found;
  for (std::size_t begin = 0; begin < keys.size(); begin += kKeysOfGet) {
    json::object wanted;
    for (const auto& [table, key] : keys.subspan(begin, std::min(kKeysOfGet, keys.size() - begin))) {
      json::value& of_table = wanted[name_of(table)];
      if (of_table.is_null()) of_table = json::object{{"Keys", json::array{}}, {"ConsistentRead", true}};
      of_table.at("Keys").as_array().push_back(key);
    }
    for (int round = 1; !wanted.empty(); ++round) {
      if (round > options_.rounds_max) return fail(ErrorCode::kUnavailable, "DynamoDB leaves reads undone; try again");
      if (round > 1) pause(round);
      auto answer = call("BatchGetItem", {{"RequestItems", std::move(wanted)}});
      if (!answer) return pass_on(answer);
      for (const auto& [name, items] : object_at(*answer, "Responses")) {
        if (!items.is_array()) continue;
        for (const json::value& item : items.get_array()) {
          if (item.is_object()) found.emplace_back(std::string(name).substr(options_.prefix.size()), item.get_object());
        }
      }
      wanted = object_at(*answer, "UnprocessedKeys");
    }
  }
  return found;
}

Result<void> Database::write(std::span<const Row> rows) {
  for (std::size_t begin = 0; begin < rows.size(); begin += kRowsOfWrite) {
    json::object wanted;
    for (const Row& row : rows.subspan(begin, std::min(kRowsOfWrite, rows.size() - begin))) {
      json::value& of_table = wanted[name_of(row.table)];
      if (of_table.is_null()) of_table = json::array{};
      of_table.as_array().push_back(row.removes
                                        ? json::object{{"DeleteRequest", json::object{{"Key", row.key_or_item}}}}
                                        : json::object{{"PutRequest", json::object{{"Item", row.key_or_item}}}});
    }
    for (int round = 1; !wanted.empty(); ++round) {
      if (round > options_.rounds_max) return fail(ErrorCode::kUnavailable, "DynamoDB leaves writes undone; try again");
      if (round > 1) pause(round);
      auto answer = call("BatchWriteItem", {{"RequestItems", std::move(wanted)}});
      if (!answer) return pass_on(answer);
      wanted = object_at(*answer, "UnprocessedItems");
    }
  }
  return {};
}

Result<void> Database::query(std::string_view table, json::object request,
                             const std::function<bool(const Item&)>& take) {
  return pages("Query", table, std::move(request), take);
}

Result<void> Database::scan(std::string_view table, json::object request,
                            const std::function<bool(const Item&)>& take) {
  return pages("Scan", table, std::move(request), take);
}

Result<void> Database::pages(const std::string& operation, std::string_view table, json::object request,
                             const std::function<bool(const Item&)>& take) {
  request["TableName"] = name_of(table);
  while (true) {
    auto answer = call(operation, request);
    if (!answer) return pass_on(answer);
    for (const json::value& item : array_at(*answer, "Items")) {
      if (item.is_object() && !take(item.get_object())) return {};
    }
    const json::object& last = object_at(*answer, "LastEvaluatedKey");
    if (last.empty()) return {};
    request["ExclusiveStartKey"] = last;
  }
}

}  // namespace handrail::dynamodb
