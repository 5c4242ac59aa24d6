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

JsonReader::JsonReader(simdjson::dom::object object, std::string path) : object_(object), path_(std::move(path)) {
  for (const auto& [key, value] : object) {
    if (count_ == kListed) {
      all_listed_ = false;
      break;
    }
    listed_[count_++] = {key, value};
  }
}

std::string JsonReader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

std::optional<simdjson::dom::element> JsonReader::at(std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i) {
    const std::string_view listed = listed_[i].name;
    if (listed.size() == name.size() && listed.front() == name.front() && listed == name) return listed_[i].value;
  }
  simdjson::dom::element value;
  if (all_listed_ || object_.at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<simdjson::dom::element> JsonReader::find(std::string_view name) const {
  auto value = at(name);
  if (value && value->is_null()) value.reset();
  return value;
}

void JsonReader::fail(std::string_view name, std::string code, std::string detail, std::optional<std::int64_t> limit) {
  if (!fault_) fault_ = Fault{std::move(code), path_of(name), std::move(detail), limit};
}

void JsonReader::fail_for_want_of(std::string_view name) {
  const bool is_null = at(name).has_value();
  fail(name, is_null ? "wrong_type" : "missing_field", is_null ? "must not be null" : "is required");
}

std::string JsonReader::text(std::string_view name, std::size_t bytes_max) {
  std::string out = optional_text(name, bytes_max);
  if (!out.empty() || fault_) return out;
  if (find(name)) {
    fail(name, "out_of_range", "must not be empty");
  } else {
    fail_for_want_of(name);
  }
  return out;
}

std::string JsonReader::optional_text(std::string_view name, std::size_t bytes_max) {
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

std::int64_t JsonReader::integer(std::string_view name, std::int64_t low, std::int64_t high) {
  const auto number = optional_integer(name, low, high);
  if (!number && !fault_) fail_for_want_of(name);
  return number.value_or(low);
}

std::optional<std::int64_t> JsonReader::optional_integer(std::string_view name, std::int64_t low, std::int64_t high) {
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

std::optional<bool> JsonReader::optional_flag(std::string_view name) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) return std::nullopt;
  bool flag = false;
  if (value->get(flag) != simdjson::SUCCESS) {
    fail(name, "wrong_type", "must be true or false");
    return std::nullopt;
  }
  return flag;
}

bool JsonReader::flag(std::string_view name, bool otherwise) { return optional_flag(name).value_or(otherwise); }

std::size_t JsonReader::one_of(std::string_view name, std::initializer_list<std::string_view> names,
                               std::optional<std::size_t> otherwise) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) {
    if (!otherwise && !fault_) fail_for_want_of(name);
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

std::optional<simdjson::dom::object> JsonReader::optional_object(std::string_view name) {
  const auto value = fault_ ? std::nullopt : find(name);
  if (!value) return std::nullopt;
  simdjson::dom::object object;
  if (value->get(object) != simdjson::SUCCESS) {
    fail(name, "wrong_type", "must be an object");
    return std::nullopt;
  }
  return object;
}

std::optional<simdjson::dom::array> JsonReader::optional_array(std::string_view name) {
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
