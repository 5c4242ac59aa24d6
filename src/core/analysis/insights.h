// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/analysis/facts.h"

namespace handrail::core {

// What an analysis can say of a journey: a reason code, each with the one fact that it rests on and the value from
// which on (or down to which) it is true. So whatever a provider claims is checked by a comparison. Stored: appended,
// never reordered.
enum class InsightCode : std::uint8_t {
  kFailedSubmits,
  kManyAttempts,
  kRepeatedClicks,
  kUnansweredClicks,
  kFieldErrors,
  kScriptErrors,
  kLeaving,
  kModelExpectsExit,
  kBackAndForth,
  kPutAside,
  kLongPause,
  kNoProgress,
  kNearGoal,
  kSteadyProgress,
  kGoalReached,
  kReturning,
  kJustArrived,
};
inline constexpr std::size_t kInsightCodes = 17;
constexpr std::uint64_t enum_end(InsightCode) { return kInsightCodes; }

// What it says of the visitor's chances.
enum class Tendency : std::uint8_t { kTrouble, kLeaving, kNeutral, kProgress };

struct InsightRow {
  InsightCode code;
  std::string_view name;
  Tendency tendency;
  FactName fact;
  bool at_least;       // else at most
  std::int64_t bound;  // of the fact
};

const InsightRow& row_of(InsightCode code);
std::span<const InsightRow> all_insights();  // what weighs more comes first
std::string_view name_of(InsightCode code);
std::optional<InsightCode> insight_named(std::string_view name);
bool holds(const InsightRow& row, std::int64_t value);

// One of them, of a journey: the code and its fact's value.
struct Insight {
  InsightCode code = InsightCode::kJustArrived;
  std::int64_t value = 0;

  bool operator==(const Insight&) const = default;
};
template <class A>
void fields(A& a, Insight& i) {
  a(i.code, i.value);
}

}  // namespace handrail::core
