// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/facts.h"

#include <algorithm>
#include <array>
#include <bit>

namespace handrail::core {
namespace {

struct FactRow {
  FactName name;
  std::string_view wire;
  std::string_view words;
};

constexpr std::array<FactRow, kFactNames> kFacts = {{
    {FactName::kSecondsSpent, "seconds_spent", "seconds since the journey began"},
    {FactName::kEvents, "events", "events of the journey"},
    {FactName::kPages, "pages", "pages viewed"},
    {FactName::kPageReturns, "page_returns", "returns to a page seen among the newest events"},
    {FactName::kClicks, "clicks", "clicks"},
    {FactName::kRageClicks, "rage_clicks", "places clicked again and again in anger"},
    {FactName::kDeadClicks, "dead_clicks", "places whose clicks did nothing"},
    {FactName::kFieldsCompleted, "fields_completed", "fields that became valid"},
    {FactName::kFieldErrors, "field_errors", "fields refused as invalid, newest 16"},
    {FactName::kSubmits, "submits", "forms submitted"},
    {FactName::kFailedSubmits, "failed_submits", "submits that failed"},
    {FactName::kAttempts, "attempts", "attempts at one feature, as the app tells"},
    {FactName::kScriptErrors, "script_errors", "clicks that a script error followed"},
    {FactName::kExitIntents, "exit_intents", "moves towards leaving among the newest events"},
    {FactName::kTimesHidden, "times_hidden", "times the page was put aside among the newest events"},
    {FactName::kLongestPause, "longest_pause_s", "longest pause in seconds among the newest events"},
    {FactName::kProgress, "progress_marks", "marks of progress"},
    {FactName::kGoalReached, "goal_reached", "1: the goal is reached"},
    {FactName::kCompletion, "completion_percent", "share of the goal's steps taken, in percent"},
    {FactName::kFeaturesUsed, "features_used", "different features used among the newest events"},
    {FactName::kOffersDisplayed, "offers_displayed", "offers of help displayed"},
    {FactName::kJourneysBefore, "journeys_before", "earlier journeys of the visitor"},
    {FactName::kStruggle, "struggle", "struggle score, 0 to 100"},
    {FactName::kModelScore, "model_score", "the exit-risk model's score, 0 to 100"},
}};
constexpr bool in_order() {
  for (std::size_t i = 0; i < kFacts.size(); ++i)
    if (static_cast<std::size_t>(kFacts[i].name) != i) return false;
  return true;
}
static_assert(in_order());

const FactRow& row_of(FactName name) { return kFacts[static_cast<std::size_t>(name)]; }

}  // namespace

std::string_view name_of(FactName name) { return row_of(name).wire; }
std::string_view words_of(FactName name) { return row_of(name).words; }

std::optional<FactName> fact_named(std::string_view name) {
  const auto found = std::ranges::find(kFacts, name, &FactRow::wire);
  return found == kFacts.end() ? std::nullopt : std::optional(found->name);
}

std::int64_t quantised(const DigestFact& fact) {
  constexpr std::int64_t kScoreStep = 5;
  if (fact.name == FactName::kStruggle || fact.name == FactName::kModelScore) return fact.value / kScoreStep;
  if (fact.value < 4) return fact.value;
  // 4, 6, 8, 12, 16, 24 ...: two steps a doubling.
  const auto width = std::bit_width(static_cast<std::uint64_t>(fact.value));
  const std::int64_t floor = std::int64_t{1} << (width - 1);
  return fact.value < floor + floor / 2 ? floor : floor + floor / 2;
}

}  // namespace handrail::core
