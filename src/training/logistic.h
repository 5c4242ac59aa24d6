// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>

namespace handrail::training {

struct LogisticRow {
  std::array<double, 3> x{};
  double label = 0;
  double weight = 1;
};

// Logistic regression without a penalty, by Newton's method with steps halved until they lead down: the weights of x,
// of which only those marked in `is_free` are moved from 0. Where classes are apart, weights stay finite: the number of
// steps is limited.
std::array<double, 3> logistic_weights(std::span<const LogisticRow> rows, const std::array<bool, 3>& is_free);

double sigmoid(double log_odds);
double log_odds_of(double probability);

}  // namespace handrail::training
