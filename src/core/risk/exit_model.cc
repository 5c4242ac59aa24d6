// SPDX-License-Identifier: Apache-2.0
#include "core/risk/exit_model.h"

#include <algorithm>
#include <limits>

namespace handrail::core {

float CategoryEncoding::of(std::uint64_t category) const {
  if (category == 0) return std::numeric_limits<float>::quiet_NaN();
  const auto found = std::lower_bound(values.begin(), values.end(), category,
                                      [](const auto& value, std::uint64_t hash) { return value.first < hash; });
  return found != values.end() && found->first == category ? found->second : unseen;
}

int score_of(std::span<const ScorePoint> points, std::uint32_t probability) {
  if (points.empty()) return 0;
  if (probability <= points.front().probability) return points.front().score;
  if (probability >= points.back().probability) return points.back().score;
  const auto above = std::upper_bound(points.begin(), points.end(), probability,
                                      [](std::uint32_t p, const ScorePoint& point) { return p < point.probability; });
  const ScorePoint& low = *(above - 1);
  const std::uint64_t rise = static_cast<std::uint64_t>(above->score - low.score) * (probability - low.probability);
  return low.score + static_cast<int>(rise / (above->probability - low.probability));
}

std::uint32_t probability_at(std::span<const MarginStep> steps, float margin) {
  if (steps.empty()) return 0;
  const auto above = std::upper_bound(steps.begin(), steps.end(), margin,
                                      [](float value, const MarginStep& step) { return value < step.margin; });
  return above == steps.begin() ? steps.front().probability : (above - 1)->probability;
}

}  // namespace handrail::core
