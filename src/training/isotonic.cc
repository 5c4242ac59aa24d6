// SPDX-License-Identifier: Apache-2.0
#include "training/isotonic.h"

#include <algorithm>

namespace handrail::training {
namespace {

struct Pool {
  double weight = 0, sum = 0, from = 0, to = 0;

  double mean() const { return sum / weight; }
  void add(const Pool& other) {
    weight += other.weight;
    sum += other.sum;
    to = other.to;
  }
};

// Points of one x as one.
std::vector<Pool> without_ties(std::vector<IsotonicPoint> points) {
  std::stable_sort(points.begin(), points.end(),
                   [](const IsotonicPoint& a, const IsotonicPoint& b) { return a.x < b.x; });
  std::vector<Pool> pools;
  for (const IsotonicPoint& point : points) {
    const Pool one{point.weight, point.weight * point.y, point.x, point.x};
    if (!pools.empty() && pools.back().to == point.x)
      pools.back().add(one);
    else
      pools.push_back(one);
  }
  return pools;
}

}  // namespace

Isotonic::Isotonic(std::vector<IsotonicPoint> points) {
  std::vector<Pool> pools;
  for (const Pool& one : without_ties(std::move(points))) {
    pools.push_back(one);
    while (pools.size() > 1 && pools[pools.size() - 2].mean() >= pools.back().mean()) {
      pools[pools.size() - 2].add(pools.back());
      pools.pop_back();
    }
  }
  for (const Pool& pool : pools) {
    knots_.push_back({pool.from, pool.mean(), pool.weight});
    if (pool.to > pool.from) knots_.push_back({pool.to, pool.mean(), pool.weight});
  }
}

double Isotonic::at(double x) const {
  if (knots_.empty()) return 0;
  const auto above = std::upper_bound(knots_.begin(), knots_.end(), x,
                                      [](double value, const IsotonicPoint& knot) { return value < knot.x; });
  if (above == knots_.begin()) return knots_.front().y;
  if (above == knots_.end()) return knots_.back().y;
  const IsotonicPoint& low = *(above - 1);
  return low.y + (above->y - low.y) * (x - low.x) / (above->x - low.x);
}

}  // namespace handrail::training
