// SPDX-License-Identifier: Apache-2.0
#include "training/logistic.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace handrail::training {
namespace {

constexpr int kStepsMax = 50;
constexpr int kHalvingsMax = 30;    // of a step that leads uphill
constexpr double kStepLargest = 4;  // of a weight: keeps classes that are apart from overflowing
constexpr double kRidge = 1e-9;     // a row's worth: keeps the system solvable

using Vector = std::array<double, 3>;
using Square = std::array<Vector, 3>;

double product(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// By Gauss's elimination with the largest pivot.
Vector solved(Square a, Vector b) {
  for (std::size_t column = 0; column < 3; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < 3; ++row) {
      if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
    }
    std::swap(a[column], a[pivot]);
    std::swap(b[column], b[pivot]);
    for (std::size_t row = column + 1; row < 3; ++row) {
      const double factor = a[row][column] / a[column][column];
      for (std::size_t i = column; i < 3; ++i) a[row][i] -= factor * a[column][i];
      b[row] -= factor * b[column];
    }
  }
  Vector x{};
  for (std::size_t row = 3; row-- > 0;) {
    x[row] = b[row];
    for (std::size_t i = row + 1; i < 3; ++i) x[row] -= a[row][i] * x[i];
    x[row] /= a[row][row];
  }
  return x;
}

double loss_at(std::span<const LogisticRow> rows, const Vector& weights) {
  double sum = 0;
  for (const LogisticRow& row : rows) {
    const double m = product(weights, row.x), against = row.label > 0 ? -m : m;
    sum += row.weight * (against > 0 ? against + std::log1p(std::exp(-against)) : std::log1p(std::exp(against)));
  }
  return sum;
}

Vector step_at(std::span<const LogisticRow> rows, const Vector& weights, const std::array<bool, 3>& is_free) {
  Vector gradient{};
  Square curvature{};
  for (const LogisticRow& row : rows) {
    const double p = sigmoid(product(weights, row.x));
    for (std::size_t i = 0; i < 3; ++i) {
      gradient[i] += row.weight * (row.label - p) * row.x[i];
      for (std::size_t j = 0; j < 3; ++j) curvature[i][j] += row.weight * p * (1 - p) * row.x[i] * row.x[j];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    curvature[i][i] += kRidge;
    if (is_free[i]) continue;
    gradient[i] = 0;
    for (std::size_t j = 0; j < 3; ++j) curvature[i][j] = curvature[j][i] = i == j ? 1 : 0;
  }
  return solved(curvature, gradient);
}

}  // namespace

Vector logistic_weights(std::span<const LogisticRow> rows, const std::array<bool, 3>& is_free) {
  Vector weights{};
  double now = loss_at(rows, weights);
  for (int i = 0; i < kStepsMax; ++i) {
    Vector step = step_at(rows, weights, is_free);
    Vector next{};
    double then = INFINITY;
    for (int halving = 0; halving < kHalvingsMax && !(then < now); ++halving) {
      for (std::size_t j = 0; j < 3; ++j) {
        next[j] = weights[j] + std::clamp(step[j], -kStepLargest, kStepLargest);
        step[j] /= 2;
      }
      then = loss_at(rows, next);
    }
    if (!(then < now)) break;  // no way down is left
    weights = next;
    now = then;
  }
  return weights;
}

double sigmoid(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }
double log_odds_of(double probability) { return std::log(probability / (1 - probability)); }

}  // namespace handrail::training
