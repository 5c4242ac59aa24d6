// SPDX-License-Identifier: Apache-2.0
#include "base/url.h"

namespace handrail {

std::string without_login(std::string_view url) {
  constexpr std::string_view kMark = "://";
  const std::size_t mark = url.find(kMark);
  if (mark == std::string_view::npos) return std::string(url);
  const std::size_t begin = mark + kMark.size();
  const std::size_t at = url.substr(0, url.find_first_of("/?#", begin)).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(url);
  return std::string(url.substr(0, begin)) + std::string(url.substr(at + 1));
}

}  // namespace handrail
