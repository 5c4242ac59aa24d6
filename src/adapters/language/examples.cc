// SPDX-License-Identifier: Apache-2.0
#include "adapters/language/examples.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>

#include "core/analysis/facts.h"
#include "core/analysis/insights.h"

namespace handrail::language {
namespace {

namespace json = boost::json;
using core::AnalystRules;
using core::InsightCode;

struct Example {
  std::array<InsightCode, 2> codes;  // what weighs more first
  int base;
  int score;
  std::string_view engagement;
};

constexpr std::array<Example, 2> kExamples{{
    {{InsightCode::kFailedSubmits, InsightCode::kFieldErrors}, 70, 80, "medium"},
    {{InsightCode::kSteadyProgress, InsightCode::kNearGoal}, 20, 12, "high"},
}};

bool speaks_for(const std::vector<InsightCode>& when, InsightCode code) {
  return std::ranges::find(when, code) != when.end();
}

json::array actions_for(const AnalystRules& rules, InsightCode code) {
  json::array ids;
  for (const core::AnalystAction& action : actions_of(rules)) {
    if (ids.empty() && speaks_for(action.when, code)) ids.emplace_back(action.id);
  }
  return ids;
}

// That fits the code, else anything, else the first there is.
const core::MessageTemplate* message_for(const AnalystRules& rules, InsightCode code) {
  const auto& messages = messages_of(rules);
  auto found = std::ranges::find_if(messages, [&](const auto& message) { return speaks_for(message.when, code); });
  if (found == messages.end()) found = std::ranges::find_if(messages, [](const auto& m) { return m.when.empty(); });
  if (found == messages.end()) found = messages.begin();
  return found == messages.end() ? nullptr : find_message(rules, found->id);
}

json::object answer_of(const Example& example, const AnalystRules& rules) {
  json::array insights;
  for (const InsightCode code : example.codes)
    insights.push_back({{"code", name_of(code)}, {"evidence", name_of(core::row_of(code).fact)}});
  json::object answer;
  answer["key_insights"] = std::move(insights);
  answer["exit_risk_score"] = example.score;
  answer["engagement_level"] = example.engagement;
  answer["recommended_actions"] = actions_for(rules, example.codes.front());
  const core::MessageTemplate* message = message_for(rules, example.codes.front());
  answer["message"] = message == nullptr ? "" : rules.own_words ? message->text : message->id;
  return answer;
}

}  // namespace

void add_examples(std::string& out, const AnalystRules& rules) {
  for (const Example& example : kExamples) {
    out += "\nExample:\n<journey>\nbase_score: " + std::to_string(example.base) + '\n';
    for (const InsightCode code : example.codes) {
      const core::InsightRow& row = core::row_of(code);
      out += std::string(name_of(row.fact)) + ": " + std::to_string(row.bound) + '\n';
    }
    out += "</journey>\n" + json::serialize(answer_of(example, rules)) + '\n';
  }
}

}  // namespace handrail::language
