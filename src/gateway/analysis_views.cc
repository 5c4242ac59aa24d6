// SPDX-License-Identifier: Apache-2.0
#include "gateway/analysis_views.h"

#include <algorithm>
#include <boost/json.hpp>

#include "core/analysis/sentences.h"
#include "core/risk/struggle.h"

namespace handrail::gateway {
namespace {

namespace json = boost::json;
using namespace core;

json::string text(std::string_view words) { return json::string(words.data(), words.size()); }
json::value or_null(const std::string& words) { return words.empty() ? json::value(nullptr) : json::value(words); }

// An action that the site has no more is told by its id.
std::string sentence_of_action(const std::string& id, const AnalystRules& rules) {
  if (const AnalystAction* action = find_action(rules, id)) return action->sentence;
  std::string words = id;
  std::ranges::replace(words, '_', ' ');
  return words;
}

json::object view(const AnalysisSource& source) {
  return {{"provider", source.provider},
          {"model", or_null(source.model)},
          {"prompt", source.prompt},
          {"latencyMs", source.latency},
          {"inputTokens", source.input_tokens},
          {"outputTokens", source.output_tokens},
          {"costUsd", static_cast<double>(source.nano_dollars) / 1e9},
          {"cached", source.cached}};
}

bool is_of(const Analysis& analysis, Tendency tendency) {
  return std::ranges::any_of(analysis.insights,
                             [&](const Insight& one) { return row_of(one.code).tendency == tendency; });
}

// A provider's reading moves the risk, the built-in's is the risk.
int moved_risk(const Analysis& analysis) {
  const int moved = analysis.exit_risk_score - analysis.base;
  return analysis.is_builtin() ? 0 : std::clamp(moved, -Advice::kPointsMax, Advice::kPointsMax);
}

// Trouble was found, and the score says that it matters.
bool is_struggling(const Analysis& analysis) {
  return is_of(analysis, Tendency::kTrouble) && analysis.exit_risk_score >= level_floor(Level::kMedium);
}

bool should_help(const Analysis& analysis) {
  return analysis.exit_risk_score >= level_floor(Level::kHigh) && !analysis.actions.empty();
}

}  // namespace

json::object view(const Analysis& a, const AnalystRules& rules) {
  json::array insights, sentences, actions, action_sentences;
  for (const Insight& one : a.insights) {
    insights.push_back(json::object{
        {"code", text(name_of(one.code))}, {"fact", text(name_of(row_of(one.code).fact))}, {"value", one.value}});
    sentences.push_back(json::string(sentence_of(one, rules.language)));
  }
  for (const std::string& id : a.actions) {
    actions.push_back(json::string(id));
    action_sentences.push_back(json::string(sentence_of_action(id, rules)));
  }
  return {{"id", a.id.hex()},
          {"at", a.asked_at},
          {"journeyId", a.journey.hex()},
          {"cause", a.cause},
          {"exit_risk_score", a.exit_risk_score},
          {"engagement_level", text(name_of(a.engagement))},
          {"key_insights", std::move(sentences)},
          {"recommended_actions", std::move(action_sentences)},
          {"insights", std::move(insights)},
          {"actions", std::move(actions)},
          {"is_struggling", is_struggling(a)},
          {"should_offer_help", should_help(a)},
          {"message", or_null(a.message)},
          {"language", or_null(a.language)},
          {"ownWords", a.own_words},
          {"base", a.base},
          {"movesRisk", moved_risk(a)},
          {"modelReasons", json::value_from(a.reasons)},
          {"source", view(a.source)}};
}

json::object analysis_signal(const Signal& signal, const AnalystRules& rules) {
  const Analysis& analysis = *signal.analysis;
  return {{"id", signal.episode.id.hex()},
          {"signalType", "ai_journey_analysis"},
          {"severity", text(name_of(level_of(analysis.exit_risk_score)))},
          {"exitRiskScore", analysis.exit_risk_score},
          {"at", analysis.asked_at},
          {"journeyId", signal.journey.hex()},
          {"rulesOf", text(signal.rules.of())},
          {"rulesVersion", signal.rules.version},
          {"restsOn", json::array{analysis.cause}},
          {"analysis", view(analysis, rules)}};
}

}  // namespace handrail::gateway
