// SPDX-License-Identifier: Apache-2.0
#include "adapters/language/schema.h"

#include <doctest/doctest.h>

#include "core/analysis/insights.h"
#include "tests/unit/adapters/language/journeys.h"

using namespace handrail;
using namespace handrail::test;
namespace json = boost::json;

namespace {

// Every object of a schema requires all of its members and no others.
void check_strict(const json::value& schema) {
  if (const auto* object = schema.if_object()) {
    if (const json::value* type = object->if_contains("type"); type != nullptr && *type == "object") {
      CHECK(object->at("additionalProperties") == false);
      CHECK(object->at("required").as_array().size() == object->at("properties").as_object().size());
    }
    for (const auto& [name, value] : *object) check_strict(value);
  }
}

}  // namespace

TEST_CASE("the schema lists all that may be said, insights before the score") {
  const json::object schema = language::schema_of({});
  check_strict(schema);
  CHECK(json::serialize(schema.at("required")) ==
        R"(["key_insights","exit_risk_score","engagement_level","recommended_actions","message"])");
  const json::object& properties = schema.at("properties").as_object();
  CHECK(properties.begin()->key() == "key_insights");
  const json::object& insight = properties.at("key_insights").at("items").at("properties").as_object();
  CHECK(insight.at("code").at("enum").as_array().size() == core::kInsightCodes);
  CHECK(insight.at("evidence").at("enum").as_array().size() == core::kFactNames);
  CHECK(properties.at("key_insights").at("maxItems") == 3);
  CHECK(properties.at("engagement_level").at("enum") == json::value{"low", "medium", "high"});
  CHECK(properties.at("message").at("enum").as_array().size() == 4);
}

TEST_CASE("a message of the model's own is a text of some length, else one of the site's ids") {
  core::AnalystRules rules = own_rules();
  json::object schema = language::schema_of(rules);
  CHECK(schema.at("properties").at("message") == json::value{{"type", "string"}, {"maxLength", 160}});
  CHECK(schema.at("properties").at("recommended_actions").at("items").at("enum") == json::value{"call", "wait"});
  rules.own_words = false;
  schema = language::schema_of(rules);
  CHECK(json::serialize(schema.at("properties").at("message")) == R"({"type":"string","enum":["hello"]})");
}

TEST_CASE("the grammar pairs each code with its fact, and leaves no room for white space") {
  core::AnalystRules rules = own_rules();
  std::string grammar = language::grammar_of(rules);
  CAPTURE(grammar);
  CHECK(grammar.starts_with(
      R"(root ::= "{\"key_insights\":[" insights? "],\"exit_risk_score\":" score ",\"engagement_level\":" level )"));
  CHECK(grammar.find("\ninsights ::= insight (\",\" insight (\",\" insight)?)?\n") != std::string::npos);
  for (const core::InsightRow& row : core::all_insights()) {
    const std::string pair =
        "\"" + std::string(row.name) + R"(\",\"evidence\":\")" + std::string(name_of(row.fact)) + "\"";
    CHECK(grammar.find(pair) != std::string::npos);
  }
  CHECK(grammar.find(R"(action ::= "\"call\"" | "\"wait\"")") != std::string::npos);
  CHECK(grammar.find(R"(message ::= "\"" char{1,160} "\"")") != std::string::npos);
  rules.own_words = false;
  grammar = language::grammar_of(rules);
  CHECK(grammar.ends_with("message ::= \"\\\"hello\\\"\"\n"));
}
