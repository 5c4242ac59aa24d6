// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace handrail {

// JSON for people: indented by two spaces a level.
std::string indented(const boost::json::value& value, std::size_t level = 0);

}  // namespace handrail
