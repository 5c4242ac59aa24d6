// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/fwd.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

// What services and files say, as text.
namespace handrail::aws {

// The first of the members that is there as a string; "" where none is, or the value is no object.
std::string member(const boost::json::value& object, std::initializer_list<std::string_view> names);

}  // namespace handrail::aws
