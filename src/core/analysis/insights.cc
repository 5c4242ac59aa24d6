// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/insights.h"

#include <algorithm>
#include <array>

namespace handrail::core {
namespace {

// Bounds are judgement: from them on a product team would agree that the words are true.
constexpr bool kAtLeast = true;
constexpr bool kAtMost = false;
constexpr std::array<InsightRow, kInsightCodes> kInsights = {{
    {InsightCode::kFailedSubmits, "failed_submits", Tendency::kTrouble, FactName::kFailedSubmits, kAtLeast, 1},
    {InsightCode::kManyAttempts, "many_attempts", Tendency::kTrouble, FactName::kAttempts, kAtLeast, 2},
    {InsightCode::kRepeatedClicks, "repeated_clicks", Tendency::kTrouble, FactName::kRageClicks, kAtLeast, 1},
    {InsightCode::kUnansweredClicks, "unanswered_clicks", Tendency::kTrouble, FactName::kDeadClicks, kAtLeast, 1},
    {InsightCode::kFieldErrors, "field_errors", Tendency::kTrouble, FactName::kFieldErrors, kAtLeast, 2},
    {InsightCode::kScriptErrors, "script_errors", Tendency::kTrouble, FactName::kScriptErrors, kAtLeast, 1},
    {InsightCode::kLeaving, "leaving", Tendency::kLeaving, FactName::kExitIntents, kAtLeast, 1},
    {InsightCode::kModelExpectsExit, "model_expects_exit", Tendency::kLeaving, FactName::kModelScore, kAtLeast, 50},
    {InsightCode::kBackAndForth, "back_and_forth", Tendency::kLeaving, FactName::kPageReturns, kAtLeast, 2},
    {InsightCode::kPutAside, "put_aside", Tendency::kLeaving, FactName::kTimesHidden, kAtLeast, 2},
    {InsightCode::kLongPause, "long_pause", Tendency::kLeaving, FactName::kLongestPause, kAtLeast, 30},
    {InsightCode::kNoProgress, "no_progress", Tendency::kTrouble, FactName::kProgress, kAtMost, 0},
    {InsightCode::kNearGoal, "near_goal", Tendency::kProgress, FactName::kCompletion, kAtLeast, 60},
    {InsightCode::kSteadyProgress, "steady_progress", Tendency::kProgress, FactName::kProgress, kAtLeast, 2},
    {InsightCode::kGoalReached, "goal_reached", Tendency::kProgress, FactName::kGoalReached, kAtLeast, 1},
    {InsightCode::kReturning, "returning", Tendency::kNeutral, FactName::kJourneysBefore, kAtLeast, 1},
    {InsightCode::kJustArrived, "just_arrived", Tendency::kNeutral, FactName::kSecondsSpent, kAtMost, 15},
}};
constexpr bool in_order() {
  for (std::size_t i = 0; i < kInsights.size(); ++i)
    if (static_cast<std::size_t>(kInsights[i].code) != i) return false;
  return true;
}
static_assert(in_order());

}  // namespace

const InsightRow& row_of(InsightCode code) { return kInsights[static_cast<std::size_t>(code)]; }
std::span<const InsightRow> all_insights() { return kInsights; }
std::string_view name_of(InsightCode code) { return row_of(code).name; }

std::optional<InsightCode> insight_named(std::string_view name) {
  const auto found = std::ranges::find(kInsights, name, &InsightRow::name);
  return found == kInsights.end() ? std::nullopt : std::optional(found->code);
}

bool holds(const InsightRow& row, std::int64_t value) { return row.at_least ? value >= row.bound : value <= row.bound; }

}  // namespace handrail::core
