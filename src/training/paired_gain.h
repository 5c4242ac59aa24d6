// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <map>

namespace handrail::training {

// Whether one way of predicting is clearly better than another on the same rows. Losses are summed by visitor, whose
// rows are no independent proof.
class PairedGain {
 public:
  void add(std::uint64_t visitor, double loss_before, double loss_after) { of_[visitor] += loss_before - loss_after; }

  // By more than so many standard errors.
  bool is_clear(double errors = 1) const {
    if (of_.size() < 2) return false;
    double sum = 0, squares = 0;
    for (const auto& [visitor, gain] : of_) sum += gain;
    const double mean = sum / static_cast<double>(of_.size());
    for (const auto& [visitor, gain] : of_) squares += (gain - mean) * (gain - mean);
    return sum > 0 && sum > errors * std::sqrt(squares);
  }

 private:
  std::map<std::uint64_t, double> of_;  // in an order of its own: sums are the same everywhere
};

}  // namespace handrail::training
