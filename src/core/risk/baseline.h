// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/journey/trail.h"

namespace handrail::core {

// How a column's values lay when its model was trained: what later values are compared with.
struct Baseline {
  static constexpr std::size_t kBins = 10;  // at most, of about the same number each; values that are many need fewer

  std::vector<float> edges;           // ascending: a bin's values are below its edge; the last bin has none
  std::vector<std::uint32_t> counts;  // of each bin, then of missing values
  float least = 0, greatest = 0;      // beyond them nothing was seen

  std::size_t bin_of(float value) const;  // edges.size() + 1: missing
  bool is_beyond(float value) const { return value < least || value > greatest; }
};
template <class A>
void fields(A& a, Baseline& b) {
  std::uint64_t count = b.edges.size();
  a(count);
  if constexpr (A::kReading) b.edges.resize(std::min<std::uint64_t>(count, Baseline::kBins));
  for (float& edge : b.edges) bits(a, edge);
  a(b.counts);
  bits(a, b.least);
  bits(a, b.greatest);
}

Baseline baseline_of(std::vector<float> values);

// The population stability index between two histograms of the same bins, each smoothed by half a value a bin: below
// 0.1 nothing to speak of, above 0.25 another population; a convention (Siddiqi, "Credit Risk Scorecards", 2006).
double stability_index(std::span<const std::uint32_t> expected, std::span<const std::uint32_t> seen);

}  // namespace handrail::core
