// SPDX-License-Identifier: Apache-2.0
#include "core/risk/struggle.h"

#include <algorithm>
#include <array>

namespace handrail::core {
namespace {

constexpr std::int64_t kOne = 65536;
constexpr Millis kExitIntentSpan = 10 * kSecond;
constexpr std::int64_t kExitIntentFloor = 26214;  // round(.40 * 65536)
constexpr std::int64_t kExitIntentCap = 62259;    // round(.95 * 65536)

// round(65536 * 2^(-j/64)). A table, since libm's exp2 differs between machines.
constexpr std::array<std::int64_t, 64> kDecay = {
    65536, 64830, 64132, 63441, 62757, 62081, 61413, 60751, 60097, 59449, 58809, 58176, 57549, 56929, 56316, 55709,
    55109, 54515, 53928, 53347, 52773, 52204, 51642, 51085, 50535, 49991, 49452, 48920, 48393, 47871, 47356, 46846,
    46341, 45842, 45348, 44859, 44376, 43898, 43425, 42958, 42495, 42037, 41584, 41136, 40693, 40255, 39821, 39392,
    38968, 38548, 38133, 37722, 37316, 36914, 36516, 36123, 35734, 35349, 34968, 34591, 34219, 33850, 33486, 33125};

std::int64_t decay_q16(Millis age, Millis half_life) {
  const std::int64_t steps = 64 * std::max<Millis>(age, 0) / half_life;
  if (steps >= 1024) return 0;
  return kDecay[static_cast<std::size_t>(steps % 64)] >> (steps / 64);
}

int progress_after(const Evidence& evidence, UnixMillis at) {
  return static_cast<int>(evidence.progress.end() -
                          std::upper_bound(evidence.progress.begin(), evidence.progress.end(), at));
}

int in_points(std::int64_t q16) { return static_cast<int>((q16 * 100 + kOne / 2) >> 16); }

// Calls `take(episode, q16)` with the strongest of each trouble, by family and target: the product's rounding depends
// on the order. Of equal ones the first by id.
template <class Take>
void for_each_strongest(const Evidence& evidence, UnixMillis at, const Weights& weights, Take take) {
  const auto& all = evidence.episodes;
  for (std::size_t i = 0; i < all.size();) {
    const Episode* strongest = &all[i];
    std::int64_t q16 = decayed_q16(all[i], evidence, at, weights);
    const std::size_t first = i++;
    for (; i < all.size() && same_trouble(all[first], all[i]); ++i) {
      const std::int64_t other = decayed_q16(all[i], evidence, at, weights);
      if (other < q16 || (other == q16 && all[i].id > strongest->id)) continue;
      strongest = &all[i];
      q16 = other;
    }
    take(*strongest, q16);
  }
}

}  // namespace

std::int64_t decayed_q16(const Episode& episode, const Evidence& evidence, UnixMillis at, const Weights& weights) {
  const Millis half_life = half_life_of(row_of(episode.signal).family);
  const std::int64_t q16 = weights.of(episode.signal, episode.grade) * decay_q16(at - episode.at, half_life) >> 16;
  return q16 >> std::min(progress_after(evidence, episode.at), 16);
}

int struggle(const Evidence& evidence, UnixMillis at, const Weights& weights) {
  if (evidence.episodes.empty()) return 0;
  std::int64_t calm = kOne;
  for_each_strongest(evidence, at, weights,
                     [&](const Episode&, std::int64_t q16) { calm = calm * (kOne - q16) >> 16; });
  std::int64_t score = kOne - calm;
  const Millis since_exit_intent = evidence.exit_intent_at ? at - *evidence.exit_intent_at : kExitIntentSpan;
  if (since_exit_intent >= 0 && since_exit_intent < kExitIntentSpan && score >= kExitIntentFloor) {
    score = std::min(kExitIntentCap, score * 3 / 2);
  }
  return in_points(score);
}

std::vector<Contribution> contributions(const Evidence& evidence, UnixMillis at, const Weights& weights) {
  std::vector<Contribution> out;
  for_each_strongest(evidence, at, weights, [&](const Episode& e, std::int64_t q16) {
    out.push_back(
        {e.signal, e.grade, e.target, e.at, in_points(q16), static_cast<std::uint8_t>(progress_after(evidence, e.at))});
  });
  std::stable_sort(out.begin(), out.end(),
                   [](const Contribution& a, const Contribution& b) { return a.points > b.points; });
  return out;
}

int risk(int struggle, int model_score, int advice) {
  return std::clamp(std::max(struggle, model_score) + advice, 0, 100);
}

int level_floor(Level level) {
  static constexpr std::array<int, 4> kFloors = {0, 40, 75, 85};
  return kFloors[static_cast<std::size_t>(level)];
}

Level level_of(int risk) {
  for (const Level level : {Level::kCritical, Level::kHigh, Level::kMedium})
    if (risk >= level_floor(level)) return level;
  return Level::kLow;
}

std::string_view name_of(Level level) {
  static constexpr std::array<std::string_view, 4> kNames = {"low", "medium", "high", "critical"};
  return kNames[static_cast<std::size_t>(level)];
}

}  // namespace handrail::core
