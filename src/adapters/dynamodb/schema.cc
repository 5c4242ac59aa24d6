// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/schema.h"

#include <algorithm>
#include <set>

namespace handrail::dynamodb {

namespace json = boost::json;

namespace {

json::array key_schema(std::string_view hash, std::string_view range) {
  return {json::object{{"AttributeName", hash}, {"KeyType", "HASH"}},
          json::object{{"AttributeName", range}, {"KeyType", "RANGE"}}};
}

json::object attribute(std::string_view name, std::string_view type) {
  return {{"AttributeName", name}, {"AttributeType", type}};
}

// "pk HASH, sk RANGE"
std::string keys_in(const json::object& of) {
  std::string out;
  for (const json::value& key : array_at(of, "KeySchema")) {
    if (!key.is_object()) continue;
    const json::object& part = key.get_object();
    if (!out.empty()) out += ", ";
    if (const json::value* name = part.if_contains("AttributeName"); name && name->is_string())
      out += std::string(name->get_string());
    if (const json::value* kind = part.if_contains("KeyType"); kind && kind->is_string())
      out += " " + std::string(kind->get_string());
  }
  return out;
}

std::string text_at(const json::object& of, std::string_view name) {
  const json::value* value = of.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

std::set<std::string> indexes_in(const json::object& of) {
  std::set<std::string> out;
  for (const json::value& index : array_at(of, "GlobalSecondaryIndexes")) {
    if (index.is_object())
      out.insert(text_at(index.get_object(), "IndexName") + " (" + keys_in(index.get_object()) + ")");
  }
  return out;
}

std::string difference_between(const json::object& wanted, const json::object& found) {
  if (keys_in(wanted) != keys_in(found)) return "its key is " + keys_in(found) + ", not " + keys_in(wanted);
  const auto there = indexes_in(found);
  for (const std::string& index : indexes_in(wanted)) {
    if (!there.contains(index)) return "it has no index " + index;
  }
  return {};
}

// Where a table of Alternator lies; empty for other databases.
std::string scylla_arn_in(const json::object& table) {
  std::string arn = text_at(table, "TableArn");
  return arn.starts_with("arn:scylla:") ? arn : std::string{};
}

// The tag's value; empty where there is none.
Result<std::string> isolation_of(Database& database, const std::string& arn) {
  auto answer = database.call("ListTagsOfResource", {{"ResourceArn", arn}});
  if (!answer) return pass_on(answer);
  for (const json::value& tag : array_at(*answer, "Tags")) {
    if (tag.is_object() && text_at(tag.get_object(), "Key") == kIsolationTag) return text_at(tag.get_object(), "Value");
  }
  return std::string{};
}

// What is wrong with it; empty where nothing is.
std::string fault_of_isolation(const std::string& isolation) {
  // Not only_rmw_uses_lwt: rows that are put on a condition are erased without one.
  constexpr std::string_view kSound[] = {"a", "always", "always_use_lwt"};
  if (std::ranges::find(kSound, isolation) != std::end(kSound)) return {};
  return (isolation.empty() ? "it has no tag " + std::string(kIsolationTag)
                            : "its tag " + std::string(kIsolationTag) + " is " + isolation) +
         ", under which conditional writes may be lost: set it to " + std::string(kIsolation) +
         (isolation.empty() ? " (handrail tables create does)" : "");
}

Result<std::string> fault_of_isolation(Database& database, const json::object& table) {
  const std::string arn = scylla_arn_in(table);
  if (arn.empty()) return std::string{};
  auto isolation = isolation_of(database, arn);
  if (!isolation) return pass_on(isolation);
  return fault_of_isolation(*isolation);
}

Result<TableReport> inspect_one(Database& database, std::string_view table) {
  TableReport report{database.name_of(table), Standing::kMissing, {}};
  auto answer = database.call("DescribeTable", {{"TableName", report.name}});
  if (!answer) {
    if (answer.error().code == ErrorCode::kNotFound) return report;
    return pass_on(answer);
  }
  const json::object& found = object_at(*answer, "Table");
  report.difference = difference_between(definition_of(table, report.name), found);
  if (report.difference.empty()) {
    auto fault = fault_of_isolation(database, found);
    if (!fault) return pass_on(fault);
    report.difference = std::move(*fault);
  }
  const bool is_active = text_at(found, "TableStatus") == "ACTIVE";
  report.standing = !report.difference.empty() ? Standing::kDifferent
                    : is_active                ? Standing::kReady
                                               : Standing::kBeingMade;
  return report;
}

// Says it where nothing is said.
Result<void> isolate(Database& database, const std::string& name) {
  auto answer = database.call("DescribeTable", {{"TableName", name}});
  if (!answer) return pass_on(answer);
  const std::string arn = scylla_arn_in(object_at(*answer, "Table"));
  if (arn.empty()) return {};
  auto isolation = isolation_of(database, arn);
  if (!isolation) return pass_on(isolation);
  if (!isolation->empty()) return {};
  auto done = database.call(
      "TagResource",
      {{"ResourceArn", arn}, {"Tags", json::array{json::object{{"Key", kIsolationTag}, {"Value", kIsolation}}}}});
  if (!done) return pass_on(done);
  return {};
}

Result<void> remove_by_time(Database& database, const std::string& name) {
  auto known = database.call("DescribeTimeToLive", {{"TableName", name}});
  if (!known) return pass_on(known);
  const std::string status = text_at(object_at(*known, "TimeToLiveDescription"), "TimeToLiveStatus");
  if (status == "ENABLED" || status == "ENABLING") return {};
  auto done = database.call(
      "UpdateTimeToLive",
      {{"TableName", name}, {"TimeToLiveSpecification", json::object{{"AttributeName", "ttl"}, {"Enabled", true}}}});
  if (!done) return pass_on(done);
  return {};
}

Result<void> make_where_missing(Database& database, std::string_view table) {
  auto report = inspect_one(database, table);
  if (!report) return pass_on(report);
  if (report->standing == Standing::kMissing) {
    auto made = database.call("CreateTable", definition_of(table, report->name));
    if (!made && made.error().code != ErrorCode::kConflict) return pass_on(made);
  }
  if (auto isolated = isolate(database, report->name); !isolated) return isolated;
  if (report->standing == Standing::kDifferent) report = inspect_one(database, table);
  if (!report) return pass_on(report);
  if (report->standing != Standing::kDifferent) return {};
  return fail(ErrorCode::kConflict, "the table " + report->name + " is another: " + report->difference);
}

}  // namespace

json::object definition_of(std::string_view table, const std::string& name) {
  json::array attributes{attribute("pk", "S"), attribute("sk", "S")};
  json::object request{{"TableName", name}, {"BillingMode", "PAY_PER_REQUEST"}, {"KeySchema", key_schema("pk", "sk")}};
  if (table == kJourneys) {
    attributes.push_back(attribute("due_bucket", "S"));
    attributes.push_back(attribute("due", "N"));
    request["GlobalSecondaryIndexes"] =
        json::array{json::object{{"IndexName", kDueIndex},
                                 {"KeySchema", key_schema("due_bucket", "due")},
                                 {"Projection", json::object{{"ProjectionType", "KEYS_ONLY"}}}}};
  }
  request["AttributeDefinitions"] = std::move(attributes);
  return request;
}

Result<std::vector<TableReport>> inspect(Database& database) {
  std::vector<TableReport> reports;
  for (const std::string_view table : kTables) {
    auto report = inspect_one(database, table);
    if (!report) return pass_on(report);
    reports.push_back(std::move(*report));
  }
  return reports;
}

Result<void> check_isolation(Database& database) {
  const std::string name = database.name_of(kJourneys);
  auto answer = database.call("DescribeTable", {{"TableName", name}});
  if (!answer) return pass_on(answer);
  auto fault = fault_of_isolation(database, object_at(*answer, "Table"));
  if (!fault) return pass_on(fault);
  if (fault->empty()) return {};
  return fail(ErrorCode::kConflict, "the table " + name + ": " + *fault);
}

Result<std::vector<TableReport>> create(Database& database, const std::function<void(Millis)>& pause, int patience_s) {
  for (const std::string_view table : kTables) {
    auto made = make_where_missing(database, table);
    if (!made) return pass_on(made);
  }
  for (int second = 0;; ++second) {
    auto reports = inspect(database);
    if (!reports) return reports;
    const bool ready =
        std::ranges::all_of(*reports, [](const TableReport& r) { return r.standing == Standing::kReady; });
    if (ready) {
      for (const TableReport& report : *reports) {
        if (auto done = remove_by_time(database, report.name); !done) return pass_on(done);
      }
    }
    if (ready || second >= patience_s) return reports;
    pause(kSecond);
  }
}

}  // namespace handrail::dynamodb
