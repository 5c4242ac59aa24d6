// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "core/risk/forest.h"

namespace handrail::core {

inline constexpr std::uint32_t kProbabilityOne = 1U << 16;  // probabilities are counted in 1/65536

// What a category's values are to a model: the smoothed share of exits among the rows that trained it. Values that
// training did not see, or too seldom, are `unseen`.
struct CategoryEncoding {
  std::string column;
  float unseen = 0;
  std::vector<std::pair<std::uint64_t, float>> values;  // by the hash of the category, ascending

  float of(std::uint64_t category) const;  // NaN where it is missing
};

// From this margin on the exit probability is that. The calibration is a staircase, ascending in both: the first step
// holds below its margin as well.
struct MarginStep {
  float margin = 0;
  std::uint32_t probability = 0;  // 0..kProbabilityOne
};

// A corner of the map from exit probability to model score (0-100), ascending in both; linear between corners, flat
// beyond the last.
struct ScorePoint {
  std::uint32_t probability = 0;
  int score = 0;

  bool operator==(const ScorePoint&) const = default;
};
template <class A>
void fields(A& a, ScorePoint& p) {
  a(p.probability, p.score);
}
inline constexpr std::size_t kScorePointsMax = 16;
// kInvalidArgument says which corner lies outside or does not rise.
Result<void> check_score_points(std::span<const ScorePoint> points);

// The map that holds the offer budget on validation: 0 -> 0, the base rate -> 50, what 5 % of journeys exceed -> 75,
// what 1 % exceed -> 85, 1 -> 100.
int score_of(std::span<const ScorePoint> points, std::uint32_t probability);
std::uint32_t probability_at(std::span<const MarginStep> steps, float margin);

}  // namespace handrail::core
