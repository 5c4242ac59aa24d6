// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace handrail::gateway {

// How packed text begins, whatever the request says of it: a page that packs cannot say so without a preflight.
constexpr bool is_gzip(std::string_view body) { return body.starts_with("\x1f\x8b"); }

// Unpacks a gzip body. kLimitExceeded when it unpacks to more than `bytes_max` (a bomb stops there), kInvalidArgument
// when it is not gzip.
Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max);

}  // namespace handrail::gateway
