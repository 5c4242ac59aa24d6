// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace handrail {

// Plain integers: the core's arithmetic is integer and must give the same bytes everywhere.
using UnixMillis = std::int64_t;  // milliseconds since 1970-01-01 UTC
using UnixMicros = std::int64_t;
using Millis = std::int64_t;  // a duration

inline constexpr Millis kSecond = 1000;
inline constexpr Millis kMinute = 60 * kSecond;
inline constexpr Millis kHour = 60 * kMinute;
inline constexpr Millis kDay = 24 * kHour;

}  // namespace handrail
