// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/builtin_analyst.h"

#include <algorithm>

namespace handrail::core {
namespace {

bool speaks_for(const std::vector<InsightCode>& when, InsightCode code) {
  return std::ranges::find(when, code) != when.end();
}

std::int64_t known(const Digest& digest, FactName name) { return digest.value_of(name).value_or(0); }

// Something went wrong; that nothing went right yet is another thing.
bool is_trouble(InsightCode code) {
  return row_of(code).tendency == Tendency::kTrouble && code != InsightCode::kNoProgress;
}

// Calls for help, not for being left alone.
bool is_concern(InsightCode code) { return is_trouble(code) || row_of(code).tendency == Tendency::kLeaving; }

bool is_in_trouble(const Digest& digest) {
  return std::ranges::any_of(insights_in(digest), [](const Insight& one) { return is_trouble(one.code); });
}

}  // namespace

std::vector<Insight> insights_in(const Digest& digest) {
  std::vector<Insight> found;
  for (const InsightRow& row : all_insights()) {
    const auto value = digest.value_of(row.fact);
    if (value && holds(row, *value)) found.push_back({row.code, *value});
  }
  return found;
}

// By what came of the acts, then by their pace: who gets on is engaged, who is busy and does not get on is half so, who
// does little, wanders or is about to go is not.
EngagementLevel engagement_in(const Digest& digest) {
  constexpr std::int64_t kSlackPace = 2;  // acts a minute
  constexpr std::int64_t kWandering = 2;  // returns to earlier pages
  const std::int64_t acts = known(digest, FactName::kClicks) + known(digest, FactName::kFieldsCompleted) +
                            known(digest, FactName::kSubmits) + known(digest, FactName::kPages) +
                            known(digest, FactName::kFeaturesUsed);
  const bool is_active = acts * 60 / std::max<std::int64_t>(known(digest, FactName::kSecondsSpent), 15) >= kSlackPace;
  const std::int64_t progress = known(digest, FactName::kProgress) + known(digest, FactName::kGoalReached);
  if (is_in_trouble(digest)) return is_active ? EngagementLevel::kMedium : EngagementLevel::kLow;
  if (progress >= 2 || (progress == 1 && is_active)) return EngagementLevel::kHigh;
  const bool is_going = known(digest, FactName::kExitIntents) > 0 || known(digest, FactName::kTimesHidden) > 0 ||
                        known(digest, FactName::kPageReturns) >= kWandering;
  return is_active && !is_going ? EngagementLevel::kMedium : EngagementLevel::kLow;
}

std::vector<std::string> actions_for(const std::vector<Insight>& insights, const AnalystRules& rules) {
  std::vector<std::string> picked;
  const bool is_called_for = std::ranges::any_of(insights, [](const Insight& one) { return is_concern(one.code); });
  for (const Insight& insight : insights) {
    if (is_called_for && !is_concern(insight.code)) continue;
    for (const AnalystAction& action : actions_of(rules)) {
      if (picked.size() == Analysis::kActionsMax) return picked;
      if (speaks_for(action.when, insight.code) && std::ranges::find(picked, action.id) == picked.end())
        picked.push_back(action.id);
    }
  }
  return picked;
}

const MessageTemplate* message_for(const std::vector<Insight>& insights, const AnalystRules& rules) {
  const auto& messages = messages_of(rules);
  for (const Insight& insight : insights) {
    for (const MessageTemplate& one : messages)
      if (speaks_for(one.when, insight.code)) return find_message(rules, one.id);
  }
  const auto fits_any = std::ranges::find_if(messages, [](const MessageTemplate& m) { return m.when.empty(); });
  return fits_any == messages.end() ? nullptr : find_message(rules, fits_any->id);
}

Analysis read_journey(const Digest& digest, const AnalystRules& rules) {
  Analysis analysis;
  analysis.source.provider = kBuiltinAnalyst;
  analysis.source.prompt = kBuiltinTables;
  analysis.base = digest.base;
  analysis.exit_risk_score = std::clamp(digest.base, 0, 100);
  analysis.engagement = engagement_in(digest);
  analysis.reasons = digest.reasons;
  if (analysis.reasons.size() > Analysis::kReasonsMax) analysis.reasons.resize(Analysis::kReasonsMax);
  analysis.insights = insights_in(digest);
  analysis.actions = actions_for(analysis.insights, rules);
  if (const MessageTemplate* one = message_for(analysis.insights, rules)) {
    analysis.message = one->text;
    analysis.language = one->language;
  }
  if (analysis.insights.size() > Analysis::kInsightsMax) analysis.insights.resize(Analysis::kInsightsMax);
  return analysis;
}

}  // namespace handrail::core
