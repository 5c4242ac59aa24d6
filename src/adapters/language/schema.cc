// SPDX-License-Identifier: Apache-2.0
#include "adapters/language/schema.h"

#include <string_view>

#include "adapters/language/prompt.h"
#include "core/analysis/analysis.h"
#include "core/analysis/facts.h"
#include "core/analysis/insights.h"

namespace handrail::language {
namespace {

namespace json = boost::json;
using core::AnalystRules;

template <class T>
std::vector<std::string> names_of_all() {
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < enum_end(T{}); ++i) names.emplace_back(name_of(static_cast<T>(i)));
  return names;
}

std::vector<std::string> action_ids(const AnalystRules& rules) {
  std::vector<std::string> ids;
  for (const core::AnalystAction& action : actions_of(rules)) ids.push_back(action.id);
  return ids;
}

json::object one_of(const std::vector<std::string>& words) {
  return {{"type", "string"}, {"enum", json::array(words.begin(), words.end())}};
}

json::object list_of(json::object items, std::size_t most) {
  return {{"type", "array"}, {"maxItems", most}, {"items", std::move(items)}};
}

// All of its members, and no others.
json::object exactly(json::object properties) {
  json::array names;
  for (const auto& [name, form] : properties) names.emplace_back(name);
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(names)},
          {"additionalProperties", false}};
}

json::object message_form(const AnalystRules& rules) {
  if (rules.own_words) return {{"type", "string"}, {"maxLength", AnalystRules::kMessageBytes}};
  const auto ids = message_ids(rules);
  return one_of({ids.begin(), ids.end()});
}

// A word of ours or an id of the site's in quotation marks, as GBNF has it. Neither has a mark in it.
std::string quoted(std::string_view word) { return "\"\\\"" + std::string(word) + "\\\"\""; }

std::string any_of(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " | ") + quoted(word);
  return out.empty() ? "\"\\\"\\\"\"" : out;
}

// Up to so many of a rule, with commas between.
std::string up_to(std::size_t most, const std::string& rule) {
  std::string out;
  for (std::size_t i = 0; i < most; ++i) out = i == 0 ? rule : rule + " (\",\" " + out + ")?";
  return out;
}

std::string insight_rules() {
  std::string out;
  for (const core::InsightRow& row : core::all_insights()) {
    out += (out.empty() ? "" : " | ");
    out += "\"" + std::string(row.name) + "\\\",\\\"evidence\\\":\\\"" + std::string(name_of(row.fact)) + "\"";
  }
  return out;
}

}  // namespace

json::object schema_of(const AnalystRules& rules) {
  json::object insight = exactly(
      {{"code", one_of(names_of_all<core::InsightCode>())}, {"evidence", one_of(names_of_all<core::FactName>())}});
  return exactly({{"key_insights", list_of(std::move(insight), core::Analysis::kInsightsMax)},
                  {"exit_risk_score", {{"type", "integer"}, {"minimum", 0}, {"maximum", 100}}},
                  {"engagement_level", one_of(names_of_all<core::EngagementLevel>())},
                  {"recommended_actions", list_of(one_of(action_ids(rules)), core::Analysis::kActionsMax)},
                  {"message", message_form(rules)}});
}

std::string grammar_of(const AnalystRules& rules) {
  const auto ids = message_ids(rules);
  const std::string message = rules.own_words
                                  ? R"("\"" char{1,)" + std::to_string(AnalystRules::kMessageBytes) + R"(} "\"")"
                                  : any_of({ids.begin(), ids.end()});
  return R"(root ::= "{\"key_insights\":[" insights? "],\"exit_risk_score\":" score ",\"engagement_level\":" level )"
         R"(",\"recommended_actions\":[" actions? "],\"message\":" message "}")"
         "\ninsights ::= " +
         up_to(core::Analysis::kInsightsMax, "insight") +
         "\ninsight ::= \"{\\\"code\\\":\\\"\" claim \"\\\"}\""
         "\nclaim ::= " +
         insight_rules() +
         "\nscore ::= \"100\" | [1-9] [0-9]? | \"0\"\nlevel ::= " + any_of(names_of_all<core::EngagementLevel>()) +
         "\nactions ::= " + up_to(core::Analysis::kActionsMax, "action") + "\naction ::= " + any_of(action_ids(rules)) +
         "\nmessage ::= " + message + (rules.own_words ? "\nchar ::= [^\"\\\\<>{}`\\x00-\\x1f\\x7f]\n" : "\n");
}

}  // namespace handrail::language
