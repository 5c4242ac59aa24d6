// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace handrail::core {

// What an analysis may rest on: whole numbers that the fold knows of a journey. Stored, so values are appended, never
// reordered.
enum class FactName : std::uint8_t {
  kSecondsSpent,
  kEvents,
  kPages,
  kPageReturns,
  kClicks,
  kRageClicks,
  kDeadClicks,
  kFieldsCompleted,
  kFieldErrors,
  kSubmits,
  kFailedSubmits,
  kAttempts,
  kScriptErrors,
  kExitIntents,
  kTimesHidden,
  kLongestPause,
  kProgress,
  kGoalReached,
  kCompletion,
  kFeaturesUsed,
  kOffersDisplayed,
  kJourneysBefore,
  kStruggle,
  kModelScore,
};
inline constexpr std::size_t kFactNames = 24;
constexpr std::uint64_t enum_end(FactName) { return kFactNames; }

struct DigestFact {
  FactName name = FactName::kSecondsSpent;
  std::int64_t value = 0;

  bool operator==(const DigestFact&) const = default;
};

std::string_view name_of(FactName name);   // "seconds_spent": as a provider and the API have it
std::string_view words_of(FactName name);  // "seconds since the journey began"
std::optional<FactName> fact_named(std::string_view name);
// The value with the precision that a reader needs: small ones as they are, larger ones in two steps a
// doubling, scores to fives. Journeys that differ in nothing else are read once (the cache's key).
std::int64_t quantised(const DigestFact& fact);

}  // namespace handrail::core
