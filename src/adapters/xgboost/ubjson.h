// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string_view>

#include "base/result.h"

namespace handrail::xgboost {

// Universal Binary JSON (ubjson.org, draft 12) as xgboost writes it, typed arrays among it. kInvalidArgument with the
// place where it ends too soon, nests deeper than 64, or holds what is no value. Memory: at most some 16 times its
// bytes.
Result<boost::json::value> parse_ubjson(std::string_view bytes);

}  // namespace handrail::xgboost
