// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace handrail::training {

struct IsotonicPoint {
  double x = 0, y = 0, weight = 1;
};

// The rising function nearest to the points by weighted squares: pool adjacent violators (Ayer et al. 1955). Knots
// ascending in x; linear between them, flat beyond.
class Isotonic {
 public:
  Isotonic() = default;
  explicit Isotonic(std::vector<IsotonicPoint> points);

  double at(double x) const;

 private:
  std::vector<IsotonicPoint> knots_;
};

}  // namespace handrail::training
