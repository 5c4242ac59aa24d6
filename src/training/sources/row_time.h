// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace handrail::training {

// How a column tells its row's time.
struct TimeForm {
  enum class Kind : std::uint8_t { kIso8601, kUnixSeconds, kUnixMillis, kUnixMicros, kPattern };

  static constexpr int kEarliestYear = 1970;
  static constexpr int kLatestYear = 9999;

  Kind kind = Kind::kIso8601;
  std::string pattern;              // strptime's, in English
  int year = 2000;                  // where the pattern has none; month and day are the first then
  std::int64_t offset_seconds = 0;  // east of UTC, of times that do not say

  // By the name in a mapping file: "iso8601", "unix_s", "unix_ms", "unix_us" or a pattern. Nothing: it is neither.
  static std::optional<TimeForm> named(const std::string& name);
};

// "Z", "+02:00" or "-0330", as seconds east of UTC.
std::optional<std::int64_t> offset_in(std::string_view text);

// Nothing: the text is no time of that form, no day of the calendar, or outside the years 1970 - 9999. ISO 8601 here:
// a day, or a day, T or a space, and hours and minutes with or without seconds, their fraction (beyond microseconds it
// is cut) and an offset. Unix seconds may have a fraction.
std::optional<UnixMicros> time_in(const std::string& text, const TimeForm& form);

}  // namespace handrail::training
