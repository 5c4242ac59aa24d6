// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/text.h"

#include <boost/json.hpp>

namespace handrail::aws {

std::string member(const boost::json::value& object, std::initializer_list<std::string_view> names) {
  if (!object.is_object()) return {};
  for (const std::string_view name : names) {
    const boost::json::value* value = object.as_object().if_contains(name);
    if (value != nullptr && value->is_string()) return std::string(value->as_string());
  }
  return {};
}

}  // namespace handrail::aws
