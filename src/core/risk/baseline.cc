// SPDX-License-Identifier: Apache-2.0
#include "core/risk/baseline.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace handrail::core {

std::size_t Baseline::bin_of(float value) const {
  if (std::isnan(value)) return edges.size() + 1;
  return static_cast<std::size_t>(std::ranges::upper_bound(edges, value) - edges.begin());
}

Baseline baseline_of(std::vector<float> values) {
  Baseline baseline;
  const auto missing = std::erase_if(values, [](float v) { return std::isnan(v); });
  std::ranges::sort(values);
  if (!values.empty()) {
    baseline.least = values.front();
    baseline.greatest = values.back();
  }
  for (std::size_t bin = 1; bin < Baseline::kBins && !values.empty(); ++bin) {
    const float edge = values[values.size() * bin / Baseline::kBins];
    if (edge > values.front() && (baseline.edges.empty() || edge > baseline.edges.back()))
      baseline.edges.push_back(edge);
  }
  baseline.counts.assign(baseline.edges.size() + 2, 0);
  for (const float value : values) ++baseline.counts[baseline.bin_of(value)];
  baseline.counts.back() = static_cast<std::uint32_t>(missing);
  return baseline;
}

double stability_index(std::span<const std::uint32_t> expected, std::span<const std::uint32_t> seen) {
  const auto total = [](std::span<const std::uint32_t> counts) {
    return std::accumulate(counts.begin(), counts.end(), 0.5 * static_cast<double>(counts.size()));
  };
  const double all_expected = total(expected), all_seen = total(seen);
  double index = 0;
  for (std::size_t i = 0; i < std::min(expected.size(), seen.size()); ++i) {
    const double before = (expected[i] + 0.5) / all_expected;
    const double now = (seen[i] + 0.5) / all_seen;
    index += (now - before) * std::log(now / before);
  }
  return index;
}

}  // namespace handrail::core
