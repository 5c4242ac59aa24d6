// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace handrail {

// Without white space around it.
constexpr std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// What stands between the borders, trimmed; nothing that is empty.
inline std::vector<std::string> items_in(std::string_view text, char border) {
  std::vector<std::string> items;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(border, at), text.size());
    if (const std::string_view item = trimmed(text.substr(at, end - at)); !item.empty()) items.emplace_back(item);
    at = end + 1;
  }
  return items;
}

}  // namespace handrail
