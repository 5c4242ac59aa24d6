// SPDX-License-Identifier: Apache-2.0
#include "apps/json_text.h"

#include <boost/json.hpp>

namespace handrail {
namespace json = boost::json;

std::string indented(const json::value& value, std::size_t level) {
  const std::string pad(2 * (level + 1), ' ');
  std::string out;
  const auto close = [&](char bracket) { return out + "\n" + std::string(2 * level, ' ') + bracket; };
  if (value.is_object() && !value.as_object().empty()) {
    for (const auto& [key, member] : value.as_object()) {
      out += out.empty() ? "{\n" : ",\n";
      out += pad + json::serialize(json::value(key)) + ": " + indented(member, level + 1);
    }
    return close('}');
  }
  if (value.is_array() && !value.as_array().empty()) {
    for (const json::value& item : value.as_array()) {
      out += out.empty() ? "[\n" : ",\n";
      out += pad + indented(item, level + 1);
    }
    return close(']');
  }
  return json::serialize(value);
}

}  // namespace handrail
