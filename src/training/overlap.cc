// SPDX-License-Identifier: Apache-2.0
#include "training/overlap.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace handrail::training {
namespace {

constexpr std::size_t kBins = 64;

std::vector<float> edges_of(const std::vector<float>& some, const std::vector<float>& others) {
  std::vector<float> all;
  all.reserve(some.size() + others.size());
  for (const auto* values : {&some, &others}) {
    std::copy_if(values->begin(), values->end(), std::back_inserter(all), [](float v) { return !std::isnan(v); });
  }
  std::sort(all.begin(), all.end());
  std::vector<float> edges;
  edges.reserve(kBins);
  for (std::size_t bin = 1; bin < kBins && !all.empty(); ++bin) edges.push_back(all[bin * all.size() / kBins]);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

// The bin from each edge on, and one for those that are missing.
std::vector<std::uint64_t> binned(const std::vector<float>& values, const std::vector<float>& edges) {
  std::vector<std::uint64_t> bins;
  bins.reserve(values.size());
  for (const float value : values) {
    const auto above = std::upper_bound(edges.begin(), edges.end(), value);
    bins.push_back(std::isnan(value) ? edges.size() + 1 : static_cast<std::uint64_t>(above - edges.begin()));
  }
  return bins;
}

}  // namespace

double overlap(const std::vector<std::uint64_t>& some, const std::vector<std::uint64_t>& others) {
  if (some.empty() || others.empty()) return 0;
  std::unordered_map<std::uint64_t, double> shares;
  for (const std::uint64_t one : some) shares[one] += 1 / static_cast<double>(some.size());
  std::unordered_map<std::uint64_t, double> of_others;
  for (const std::uint64_t one : others) of_others[one] += 1 / static_cast<double>(others.size());
  double common = 0;
  for (const auto& [what, share] : of_others) {
    const auto counterpart = shares.find(what);
    common += counterpart == shares.end() ? 0 : std::min(share, counterpart->second);
  }
  return common;
}

double overlap(const std::vector<float>& some, const std::vector<float>& others) {
  const std::vector<float> edges = edges_of(some, others);
  return overlap(binned(some, edges), binned(others, edges));
}

}  // namespace handrail::training
