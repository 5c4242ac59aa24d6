// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handrail::core {

// What a property of events is to a model: an amount, or one of several kinds.
enum class PropertyKind : std::uint8_t { kNumber, kCategory };
constexpr std::uint64_t enum_end(PropertyKind) { return 2; }

struct Property {
  std::string path;  // members' names with dots between them: "loan.amount"; of eventData, else of the context
  PropertyKind kind = PropertyKind::kNumber;

  bool operator==(const Property&) const = default;
};
template <class A>
void fields(A& a, Property& p) {
  a(p.path, p.kind);
}

// The text of the value at the path within a minified JSON object: a string with its quotes, a number, a word, or
// an array or object as a whole. Nothing: it is not there, or what is there is no object. O(length). Never reads beyond
// `json`, whatever it holds.
std::optional<std::string_view> json_at(std::string_view json, std::string_view path);

// As a number: a JSON number, true (1), false (0), or a string that is a decimal number as a whole. Nothing: it is
// none, or beyond what a float holds.
std::optional<float> number_of(std::string_view json_value);

// As a category: a hash of a string's bytes as they stand (escapes are not undone), or of the words of another value;
// never 0. Nothing: null, an empty string, an array or an object.
std::optional<std::uint64_t> category_of(std::string_view json_value);
// The category that a string of this text has.
std::uint64_t category_of_text(std::string_view text);

}  // namespace handrail::core
