// SPDX-License-Identifier: Apache-2.0
#include "adapters/dynamodb/item.h"

#include <charconv>

#include "base/encoding.h"

namespace handrail::dynamodb {

namespace json = boost::json;

namespace {

std::optional<std::string_view> value_of(const Item& item, std::string_view name, std::string_view type) {
  const json::value* attribute = item.if_contains(name);
  if (attribute == nullptr || !attribute->is_object()) return std::nullopt;
  const json::value* value = attribute->get_object().if_contains(type);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->get_string();
}

}  // namespace

json::object text(std::string_view value) { return {{"S", value}}; }
json::object number(std::int64_t value) { return {{"N", std::to_string(value)}}; }
json::object bytes(std::string_view value) { return {{"B", to_base64(value)}}; }

std::optional<std::string> text_in(const Item& item, std::string_view name) {
  const auto value = value_of(item, name, "S");
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

std::optional<std::int64_t> number_in(const Item& item, std::string_view name) {
  const auto value = value_of(item, name, "N");
  std::int64_t number = 0;
  if (!value) return std::nullopt;
  const auto [end, ec] = std::from_chars(value->data(), value->data() + value->size(), number);
  return ec == std::errc{} && end == value->data() + value->size() ? std::optional(number) : std::nullopt;
}

std::optional<std::string> bytes_in(const Item& item, std::string_view name) {
  const auto value = value_of(item, name, "B");
  return value ? from_base64(*value) : std::nullopt;
}

std::string sort_key(std::uint64_t number) {
  std::string key;
  for (int shift = 60; shift >= 0; shift -= 4) key.push_back("0123456789abcdef"[number >> shift & 15]);
  return key;
}

std::optional<std::uint64_t> number_of_key(std::string_view key) {
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(key.data(), key.data() + key.size(), number, 16);
  return ec == std::errc{} && end == key.data() + key.size() ? std::optional(number) : std::nullopt;
}

}  // namespace handrail::dynamodb
