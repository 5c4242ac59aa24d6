// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "core/risk/forest.h"

namespace handrail::xgboost {

// Trees as save_model of xgboost 1.7 writes them, in JSON: what reads such files gives the same margins to the bit. A
// name for each feature. Weights of inner nodes and gains are not kept with trees: they are 0, and scoring needs none.
// kInvalidArgument: what is no forest (core::Forest::of says it), a value without end, a base margin that no base score
// has.
Result<std::string> model_json(std::span<const core::Tree> trees, float base_margin,
                               std::span<const std::string> feature_names);

}  // namespace handrail::xgboost
