// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace handrail::gateway {

// Unpacks a gzip body. kLimitExceeded when it unpacks to more than `bytes_max` (a bomb stops there), kInvalidArgument
// when it is not gzip.
Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max);

}  // namespace handrail::gateway
