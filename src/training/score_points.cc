// SPDX-License-Identifier: Apache-2.0
#include "training/score_points.h"

#include <algorithm>
#include <cmath>

namespace handrail::training {
namespace {

// Of each journey, the highest; descending.
std::vector<std::uint32_t> journey_peaks(const TrainingSet& set, const RowNumbers& rows,
                                         const std::vector<std::uint32_t>& probabilities) {
  std::vector<std::uint32_t> peaks;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0 && set.rows[rows[i]].journey == set.rows[rows[i - 1]].journey)
      peaks.back() = std::max(peaks.back(), probabilities[i]);
    else
      peaks.push_back(probabilities[i]);
  }
  std::sort(peaks.begin(), peaks.end(), std::greater<>());
  return peaks;
}

// The least that at most `share` of them exceed: what many share is not exceeded by those that share it.
std::uint32_t exceeded_by(const std::vector<std::uint32_t>& peaks, double share) {
  if (peaks.empty()) return core::kProbabilityOne;
  const auto place = static_cast<std::size_t>(share * static_cast<double>(peaks.size()));
  return peaks[std::min(place, peaks.size() - 1)];
}

}  // namespace

std::vector<core::ScorePoint> score_points_of(const TrainingSet& set, const RowNumbers& rows,
                                              const std::vector<std::uint32_t>& probabilities, double base_rate) {
  const std::vector<std::uint32_t> peaks = journey_peaks(set, rows, probabilities);
  const core::ScorePoint wanted[] = {
      {static_cast<std::uint32_t>(std::llround(std::clamp(base_rate, 0.0, 1.0) * core::kProbabilityOne)), 50},
      {exceeded_by(peaks, 0.05), 75},
      {exceeded_by(peaks, 0.01), 85}};
  std::vector<core::ScorePoint> points = {{0, 0}};
  for (core::ScorePoint point : wanted) {
    point.probability = std::max(point.probability, points.back().probability + 1);
    if (point.probability < core::kProbabilityOne) points.push_back(point);
  }
  points.push_back({core::kProbabilityOne, 100});
  return points;
}

std::vector<std::uint32_t> peak_quantiles(const TrainingSet& set, const RowNumbers& rows,
                                          const std::vector<std::uint32_t>& probabilities, std::size_t count) {
  std::vector<std::uint32_t> peaks = journey_peaks(set, rows, probabilities);
  std::reverse(peaks.begin(), peaks.end());
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < count && !peaks.empty(); ++i) out.push_back(peaks[(peaks.size() - 1) * i / (count - 1)]);
  return out;
}

}  // namespace handrail::training
