// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/aws/json_api.h"

// DynamoDB's items, as its JSON has them: {"name": {"S": "text"}}.
namespace handrail::dynamodb {

using Item = boost::json::object;

boost::json::object text(std::string_view value);
boost::json::object number(std::int64_t value);
boost::json::object bytes(std::string_view value);  // at most 400 KB with the rest of its item

// Nothing where the item has no such attribute, or one of another type.
std::optional<std::string> text_in(const Item& item, std::string_view name);
std::optional<std::int64_t> number_in(const Item& item, std::string_view name);
std::optional<std::string> bytes_in(const Item& item, std::string_view name);

// Numbers as sort keys that order like them: 16 hex digits.
std::string sort_key(std::uint64_t number);
std::optional<std::uint64_t> number_of_key(std::string_view key);

using aws::array_at;
using aws::object_at;

}  // namespace handrail::dynamodb
