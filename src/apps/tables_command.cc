// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "adapters/dynamodb/schema.h"
#include "apps/cloud.h"
#include "apps/commands.h"

namespace handrail {
namespace {

constexpr int kPatienceSeconds = 120;

const char* word_for(dynamodb::Standing standing) {
  switch (standing) {
    case dynamodb::Standing::kMissing:
      return "missing";
    case dynamodb::Standing::kBeingMade:
      return "being made";
    case dynamodb::Standing::kReady:
      return "ready";
    case dynamodb::Standing::kDifferent:
      return "different";
  }
  return "";
}

// "struggle-signals" -> "StruggleSignalsTable"
std::string resource_name(std::string_view table) {
  std::string name;
  bool is_first = true;
  for (const char c : table) {
    if (c != '-') name.push_back(is_first ? static_cast<char>(c - 'a' + 'A') : c);
    is_first = c == '-';
  }
  return name + "Table";
}

void print(const std::vector<dynamodb::TableReport>& reports, bool as_json) {
  if (!as_json) {
    for (const auto& report : reports)
      fmt::print("{:<36} {}{}{}\n", report.name, word_for(report.standing), report.difference.empty() ? "" : ": ",
                 report.difference);
    return;
  }
  boost::json::array tables;
  for (const auto& report : reports)
    tables.push_back(boost::json::object{
        {"name", report.name}, {"standing", word_for(report.standing)}, {"difference", report.difference}});
  fmt::print("{}\n", boost::json::serialize(boost::json::object{{"tables", std::move(tables)}}));
}

// The same tables as resources of CloudFormation, for a template of one's own.
void print_template(const std::string& prefix) {
  boost::json::object resources;
  for (const std::string_view table : dynamodb::kTables) {
    boost::json::object properties = dynamodb::definition_of(table, prefix + std::string(table));
    properties["TimeToLiveSpecification"] = boost::json::object{{"AttributeName", "ttl"}, {"Enabled", true}};
    properties["PointInTimeRecoverySpecification"] = boost::json::object{{"PointInTimeRecoveryEnabled", true}};
    resources[resource_name(table)] =
        boost::json::object{{"Type", "AWS::DynamoDB::Table"}, {"Properties", std::move(properties)}};
  }
  fmt::print("{}\n", boost::json::serialize(boost::json::object{{"AWSTemplateFormatVersion", "2010-09-09"},
                                                                {"Resources", std::move(resources)}}));
}

}  // namespace

int run_tables(const LoadedConfig& loaded, const TablesFlags& flags) {
  if (flags.what == "template") {
    print_template(loaded.config.dynamodb.prefix);
    return kOk;
  }
  const SystemClock clock;
  auto cloud = Cloud::make(loaded.config, clock);
  if (!cloud) {
    fmt::print(stderr, "handrail: {}\n", cloud.error().message);
    return exit_code_of(cloud.error());
  }
  auto& database = (*cloud)->database();
  auto reports = flags.what == "create" ? dynamodb::create(database, (*cloud)->surrounding().pause, kPatienceSeconds)
                                        : dynamodb::inspect(database);
  if (!reports) {
    fmt::print(stderr, "handrail: {}\n", reports.error().message);
    return exit_code_of(reports.error());
  }
  print(*reports, flags.as_json);
  const bool ready =
      std::ranges::all_of(*reports, [](const auto& r) { return r.standing == dynamodb::Standing::kReady; });
  return ready ? kOk : kCheckFailed;
}

}  // namespace handrail
