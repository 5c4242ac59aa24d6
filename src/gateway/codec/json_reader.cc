// SPDX-License-Identifier: Apache-2.0
#include "gateway/codec/json_reader.h"

#include <algorithm>
#include <cmath>

namespace handrail::gateway {
namespace {

constexpr std::size_t kIdBytesMax = 200;

std::optional<std::int64_t> whole_number(simdjson::dom::element value) {
  std::int64_t integer = 0;
  if (value.get(integer) == simdjson::SUCCESS) return integer;
  double number = 0;
  if (value.get(number) == simdjson::SUCCESS && std::abs(number) < 9e15 && std::floor(number) == number) {
    return static_cast<std::int64_t>(number);
  }
  return std::nullopt;
}

}  // namespace

std::optional<simdjson::dom::element> JsonReader::find(const char* name) const {
  simdjson::dom::element value;
  if (object_.at_key(name).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

void JsonReader::fail(const char* name, std::string code, std::string detail, std::optional<std::int64_t> limit) {
  if (!fault_) fault_ = Fault{std::move(code), path_of(name), std::move(detail), limit};
}

void JsonReader::require(const char* name) {
  if (fault_ || find(name)) return;
  const bool is_null = object_.at_key(name).error() == simdjson::SUCCESS;
  fail(name, is_null ? "wrong_type" : "missing_field", is_null ? "must not be null" : "is required");
}

std::string JsonReader::text(const char* name, std::size_t bytes_max) {
  require(name);
  std::string out = optional_text(name, bytes_max);
  if (!fault_ && out.empty()) fail(name, "out_of_range", "must not be empty");
  return out;
}

std::string JsonReader::optional_text(const char* name, std::size_t bytes_max) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) return {};
  std::string_view text;
  if (value->get(text) != simdjson::SUCCESS) {
    fail(name, "wrong_type", "must be a string");
    return {};
  }
  if (text.size() > bytes_max) {
    fail(name, "too_long", "is longer than the limit", static_cast<std::int64_t>(bytes_max));
    return {};
  }
  return std::string(text);
}

std::int64_t JsonReader::integer(const char* name, std::int64_t low, std::int64_t high) {
  require(name);
  return optional_integer(name, low, high).value_or(low);
}

std::optional<std::int64_t> JsonReader::optional_integer(const char* name, std::int64_t low, std::int64_t high) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) return std::nullopt;
  const auto number = whole_number(*value);
  if (!number) {
    fail(name, "wrong_type", "must be a whole number");
    return std::nullopt;
  }
  if (*number < low || *number > high) {
    fail(name, "out_of_range", "must be between " + std::to_string(low) + " and " + std::to_string(high),
         *number < low ? low : high);
    return std::nullopt;
  }
  return number;
}

std::optional<bool> JsonReader::optional_flag(const char* name) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) return std::nullopt;
  bool flag = false;
  if (value->get(flag) != simdjson::SUCCESS) {
    fail(name, "wrong_type", "must be true or false");
    return std::nullopt;
  }
  return flag;
}

bool JsonReader::flag(const char* name, bool otherwise) { return optional_flag(name).value_or(otherwise); }

std::size_t JsonReader::one_of(const char* name, std::initializer_list<std::string_view> names,
                               std::optional<std::size_t> otherwise) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) {
    if (!otherwise) require(name);
    return otherwise.value_or(0);
  }
  std::string_view text;
  if (value->get(text) != simdjson::SUCCESS) {
    fail(name, "wrong_type", "must be a string");
    return 0;
  }
  const auto* found = std::find(names.begin(), names.end(), text);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string known;
  for (std::string_view n : names) known.append(known.empty() ? "" : ", ").append(n);
  fail(name, "out_of_range", "must be one of " + known);
  return 0;
}

std::optional<simdjson::dom::object> JsonReader::optional_object(const char* name) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) return std::nullopt;
  simdjson::dom::object object;
  if (value->get(object) != simdjson::SUCCESS) {
    fail(name, "wrong_type", "must be an object");
    return std::nullopt;
  }
  return object;
}

std::optional<simdjson::dom::array> JsonReader::optional_array(const char* name) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) return std::nullopt;
  simdjson::dom::array array;
  if (value->get(array) != simdjson::SUCCESS) {
    fail(name, "wrong_type", "must be an array");
    return std::nullopt;
  }
  return array;
}

bool all_in(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

bool is_id(std::string_view text) { return !text.empty() && text.size() <= kIdBytesMax && all_in(text, "_.:@-"); }

}  // namespace handrail::gateway
