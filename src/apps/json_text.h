// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <ctime>
#include <string>

#include "base/time.h"

namespace handrail {

// JSON for people: indented by two spaces a level.
std::string indented(const boost::json::value& value, std::size_t level = 0);

// "2026-05-04 09:30:00": UTC.
std::string utc(UnixMillis at);
// The reverse, also with T and Z, without seconds, or a day alone.
bool parse_utc(const std::string& text, UnixMillis& at);

}  // namespace handrail
