// SPDX-License-Identifier: Apache-2.0
#include "core/event/properties.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/id.h"

namespace handrail::core {
namespace {

// A walk through one JSON text. Whoever made it was a JSON writer; what is none ends the walk.
class Walk {
 public:
  explicit Walk(std::string_view in) : in_(in) {}

  bool take(char c) {
    skip_space();
    if (in_.empty() || in_.front() != c) return false;
    in_.remove_prefix(1);
    return true;
  }

  // The string with its quotes.
  std::optional<std::string_view> take_string() {
    skip_space();
    if (in_.empty() || in_.front() != '"') return std::nullopt;
    for (std::size_t at = 1; at < in_.size(); ++at) {
      if (in_[at] == '\\') {
        ++at;
      } else if (in_[at] == '"') {
        return cut(at + 1);
      }
    }
    return std::nullopt;
  }

  std::optional<std::string_view> take_value() {
    skip_space();
    if (in_.empty()) return std::nullopt;
    if (in_.front() == '"') return take_string();
    if (in_.front() == '{' || in_.front() == '[') return take_nest();
    const auto end = std::min(in_.find_first_of(",]} \t\r\n"), in_.size());
    return end == 0 ? std::nullopt : std::optional(cut(end));
  }

 private:
  void skip_space() { in_.remove_prefix(std::min(in_.find_first_not_of(" \t\r\n"), in_.size())); }

  std::string_view cut(std::size_t length) {
    const std::string_view taken = in_.substr(0, length);
    in_.remove_prefix(length);
    return taken;
  }

  std::optional<std::string_view> take_nest() {
    std::size_t open = 0;
    bool is_text = false;
    for (std::size_t at = 0; at < in_.size(); ++at) {
      const char c = in_[at];
      if (is_text) {
        if (c == '\\') ++at;
        is_text = c != '"';
      } else if (c == '"') {
        is_text = true;
      } else if (c == '{' || c == '[') {
        ++open;
      } else if ((c == '}' || c == ']') && --open == 0) {
        return cut(at + 1);
      }
    }
    return std::nullopt;
  }

  std::string_view in_;
};

std::optional<std::string_view> member_of(std::string_view json, std::string_view name) {
  Walk walk{json};
  if (!walk.take('{')) return std::nullopt;
  while (const auto key = walk.take_string()) {
    if (!walk.take(':')) return std::nullopt;
    const auto value = walk.take_value();
    if (!value || key->substr(1, key->size() - 2) == name) return value;
    if (!walk.take(',')) return std::nullopt;
  }
  return std::nullopt;
}

std::string_view without_quotes(std::string_view text) { return text.substr(1, text.size() - 2); }
bool is_string(std::string_view value) { return value.size() >= 2 && value.front() == '"'; }

}  // namespace

std::optional<std::string_view> json_at(std::string_view json, std::string_view path) {
  std::optional<std::string_view> at = json;
  while (at && !path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    at = member_of(*at, path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

std::optional<float> number_of(std::string_view value) {
  if (value == "true") return 1.0F;
  if (value == "false") return 0.0F;
  if (is_string(value)) value = without_quotes(value);
  double number = 0;
  const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (fault != std::errc() || end != value.data() + value.size()) return std::nullopt;
  const auto narrow = static_cast<float>(number);
  return std::isfinite(narrow) ? std::optional(narrow) : std::nullopt;
}

std::uint64_t category_of_text(std::string_view text) { return std::max<std::uint64_t>(hash64(text), 1); }

std::optional<std::uint64_t> category_of(std::string_view value) {
  if (value.empty() || value == "null" || value.front() == '{' || value.front() == '[') return std::nullopt;
  if (!is_string(value)) return category_of_text(value);
  if (value.size() == 2) return std::nullopt;
  return category_of_text(without_quotes(value));
}

}  // namespace handrail::core
