// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/risk/exit_model.h"
#include "training/metrics.h"
#include "training/training_set.h"

namespace handrail::training {

// The map from probability to score that keeps offers rare: what `base_rate` is scores 50; what 5 % of journeys exceed
// at their riskiest row, 75; 1 %, 85; the ends 0 and 100. Corners that would not rise are moved up to do so, and left
// out where there is no room below 1. `rows` are those of `probabilities`, journeys together.
std::vector<core::ScorePoint> score_points_of(const TrainingSet& set, const RowNumbers& rows,
                                              const std::vector<std::uint32_t>& probabilities, double base_rate);

// The highest probability of each journey, as `count` evenly spaced quantiles, ascending.
std::vector<std::uint32_t> peak_quantiles(const TrainingSet& set, const RowNumbers& rows,
                                          const std::vector<std::uint32_t>& probabilities, std::size_t count);

}  // namespace handrail::training
