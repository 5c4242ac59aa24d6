// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/risk/evidence.h"

namespace handrail::core {

// The struggle score, 0-100: how strongly the last minutes show trouble. A noisy-or over decayed evidence in Q16
// integers, so that the same log gives the same score on any machine. web/protocol/vectors/struggle.json holds the
// golden stories that every implementation must give exactly.
int struggle(const Evidence& evidence, UnixMillis at, const Weights& weights = catalogue_weights());

// One episode's weight after decay and progress, 0..65536.
std::int64_t decayed_q16(const Episode& episode, const Evidence& evidence, UnixMillis at, const Weights& weights);

// The strongest episode of each (family, target), strongest first: why the score is what it is.
struct Contribution {
  SignalKind signal = SignalKind::kRageClick;
  Grade grade = Grade::kProvisional;
  std::string target;
  UnixMillis at = 0;
  int points = 0;           // 0-100, this one alone
  std::uint8_t halved = 0;  // progress marks after it
};
template <class A>
void fields(A& a, Contribution& c) {
  a(c.signal, c.grade, c.target, c.at, c.points, c.halved);
}
std::vector<Contribution> contributions(const Evidence& evidence, UnixMillis at,
                                        const Weights& weights = catalogue_weights());

// What the policy compares. `model_score` and `advice` are 0 until a model or an analyst speaks.
int risk(int struggle, int model_score, int advice);

enum class Level : std::uint8_t { kLow, kMedium, kHigh, kCritical };
constexpr std::uint64_t enum_end(Level) { return 4; }
Level level_of(int risk);      // below 40, 75, 85
int level_floor(Level level);  // the lowest risk that has it
std::string_view name_of(Level level);

}  // namespace handrail::core
