// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handrail {

// Appends and keeps the newest `capacity` (> 0).
template <class T>
void push_bounded(std::vector<T>& window, T mark, std::size_t capacity) {
  if (window.size() >= capacity) window.erase(window.begin());
  window.push_back(std::move(mark));
}

// The longest prefix of at most `bytes` that does not split a UTF-8 character.
inline std::string_view cut_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace handrail
