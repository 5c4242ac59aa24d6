// SPDX-License-Identifier: Apache-2.0
#include "base/utc.h"

#include <ctime>

namespace handrail {
namespace {

std::optional<UnixMillis> parsed(const std::string& text, const char* format) {
  std::tm time{};
  const char* end = strptime(text.c_str(), format, &time);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return timegm(&time) * kSecond;
}

}  // namespace

std::string utc(UnixMillis at, const char* form) {
  const std::time_t seconds = at / kSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof(text), form, &parts)};
}

std::optional<UnixMillis> parse_utc(const std::string& text) {
  for (const char* format : {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d"}) {
    if (const auto at = parsed(text, format)) return at;
  }
  return std::nullopt;
}

std::optional<UnixMillis> parse_http_date(const std::string& text) { return parsed(text, "%a, %d %b %Y %H:%M:%S GMT"); }

}  // namespace handrail
