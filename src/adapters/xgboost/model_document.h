// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/risk/forest.h"

namespace handrail::xgboost {

// What of a booster's file (save_model's JSON or UBJ, xgboost 1.4 on) scores a row.
struct Model {
  core::Forest forest;
  std::vector<core::Tree> trees;  // what it was made of
  float base_margin = 0;
  std::vector<std::string> feature_names;  // empty: the file names none
  std::string version;                     // of the xgboost that wrote it: "1.7.4"
};

inline constexpr std::size_t kModelBytesMax = 256 << 20;

// Either form, told by its beginning. kInvalidArgument names what is not understood: another objective than
// binary:logistic, another booster than gbtree, splits by category, more than one output, a pickle, the old binary form
// (save it again as JSON or UBJ). Nothing in it is ever run.
Result<Model> model_in(std::string_view file);

}  // namespace handrail::xgboost
