// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

// Training with libxgboost 1.7 through its C interface. What it refuses is kInternal in its own words. One thread at a
// time for each matrix and booster; different ones may be used side by side.
namespace handrail::xgboost {

// Rows of floats that libxgboost holds: a copy. NaN is a missing value.
class Matrix {
 public:
  // `values` is row after row, `columns` of each; a label (0 or 1) and a weight (above 0) for every row, or no weights.
  static Result<Matrix> of(std::span<const float> values, std::size_t columns, std::span<const float> labels = {},
                           std::span<const float> weights = {});

  std::size_t rows() const { return rows_; }

 private:
  friend class Booster;
  std::shared_ptr<void> handle_;
  std::size_t rows_ = 0;
};

// Names and values as libxgboost's documentation has them: {"max_depth", "6"}.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// Of the library in use: "1.7.4".
std::string library_version();

// Boosted trees for binary:logistic.
class Booster {
 public:
  // The matrix must outlive every grow(). `watched` is one whose margins will be asked while the booster grows:
  // libxgboost then adds up new trees alone.
  static Result<Booster> on(const Matrix& data, const Parameters& parameters, const Matrix* watched = nullptr);

  Result<void> grow();  // by one round of trees
  int rounds() const { return rounds_; }
  // The sum of the leaves of the first `rounds` rounds (0: of all) and the base margin, for each row.
  Result<std::vector<float>> margins(const Matrix& rows, int rounds = 0) const;
  // Without the rounds behind the first so many.
  Result<Booster> first(int rounds) const;
  // Universal Binary JSON, as save_model writes it, feature names included: one for each column.
  Result<std::string> ubj(const std::vector<std::string>& feature_names) const;

 private:
  std::shared_ptr<void> handle_;
  std::shared_ptr<void> data_;  // what it grows on
  int rounds_ = 0;
};

}  // namespace handrail::xgboost
