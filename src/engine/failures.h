// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/result.h"

namespace handrail {

// Why a question to somebody outside led to nothing, as it is counted.
inline constexpr const char* kNotRecorded = "not_recorded";  // it was answered, and the log did not take it
inline constexpr std::array<const char*, 6> kFailures = {"timeout",  "unavailable", "throttled",
                                                         "nonsense", "refused",     kNotRecorded};

inline const char* failure_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kLimitExceeded:
      return "throttled";
    case ErrorCode::kCorrupt:
      return "nonsense";
    default:
      return "refused";
  }
}

}  // namespace handrail
