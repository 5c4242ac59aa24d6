// SPDX-License-Identifier: Apache-2.0
#include "gateway/analyst_examples.h"

namespace handrail::gateway {
namespace {

using namespace core;
using enum FactName;

// With the facts that every journey has beside those given; in the order of FactName.
Digest digest_with(int base, std::vector<DigestFact> facts) {
  Digest digest;
  digest.base = base;
  for (std::size_t i = 0; i < kFactNames; ++i) {
    const auto name = static_cast<FactName>(i);
    const bool may_be_unknown = name == kCompletion || name == kModelScore;
    std::int64_t value = name == kStruggle ? base : 0;
    bool is_given = false;
    for (const DigestFact& fact : facts) {
      if (fact.name != name) continue;
      value = fact.value;
      is_given = true;
    }
    if (is_given || !may_be_unknown) digest.facts.push_back({name, value});
  }
  return digest;
}

}  // namespace

const std::vector<ExampleJourney>& example_journeys() {
  static const std::vector<ExampleJourney> kExamples = {
      {"stuck_on_form", "A form is refused twice, over fields that do not become valid",
       digest_with(72, {{kSecondsSpent, 140},
                        {kEvents, 31},
                        {kPages, 2},
                        {kClicks, 9},
                        {kFieldsCompleted, 5},
                        {kFieldErrors, 4},
                        {kSubmits, 2},
                        {kFailedSubmits, 2},
                        {kProgress, 1}})},
      {"repeated_attempts", "One feature is tried four times, and its button does not react",
       digest_with(64, {{kSecondsSpent, 95},
                        {kEvents, 24},
                        {kPages, 1},
                        {kClicks, 14},
                        {kRageClicks, 1},
                        {kDeadClicks, 1},
                        {kAttempts, 4},
                        {kFeaturesUsed, 1}})},
      {"about_to_leave", "Between two pages to and fro, a long pause, then towards the close button",
       digest_with(58, {{kSecondsSpent, 210},
                        {kEvents, 18},
                        {kPages, 5},
                        {kPageReturns, 3},
                        {kClicks, 6},
                        {kExitIntents, 1},
                        {kTimesHidden, 2},
                        {kLongestPause, 48},
                        {kModelScore, 58}})},
      {"making_progress", "Step by step towards the goal, without trouble",
       digest_with(12, {{kSecondsSpent, 80},
                        {kEvents, 26},
                        {kPages, 4},
                        {kClicks, 11},
                        {kFieldsCompleted, 6},
                        {kSubmits, 1},
                        {kProgress, 3},
                        {kCompletion, 75},
                        {kFeaturesUsed, 2}})},
  };
  return kExamples;
}

}  // namespace handrail::gateway
