// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/time.h"

namespace handrail {

// "2026-05-04 09:30:00", or in a form of strftime's, of at most 63 characters.
std::string utc(UnixMillis at, const char* form = "%Y-%m-%d %H:%M:%S");
// The reverse, also with T and Z, without seconds, or a day alone.
std::optional<UnixMillis> parse_utc(const std::string& text);
// "Mon, 04 May 2026 09:30:00 GMT" (RFC 9110 §5.6.7, the preferred form), to the second.
std::optional<UnixMillis> parse_http_date(const std::string& text);

}  // namespace handrail
