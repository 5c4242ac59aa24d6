// SPDX-License-Identifier: Apache-2.0
#include "adapters/aws/json_api.h"

namespace handrail::aws {

namespace json = boost::json;

Result<json::object> call(Client& client, const JsonApi& api, const std::string& operation,
                          const json::object& request) {
  auto reply = client.call(api.prefix + operation, json::serialize(request));
  if (!reply) {
    Error error = error_of(reply.error());
    error.message = api.name + " " + operation + ": " + error.message;
    return tl::unexpected(std::move(error));
  }
  boost::system::error_code ec;
  json::value answer = json::parse(*reply, ec);
  if (ec || !answer.is_object())
    return fail(ErrorCode::kCorrupt, api.name + " " + operation + ": the answer is no JSON object");
  return std::move(answer.get_object());
}

const json::object& object_at(const json::object& of, std::string_view name) {
  static const json::object none;
  const json::value* value = of.if_contains(name);
  return value != nullptr && value->is_object() ? value->get_object() : none;
}

const json::array& array_at(const json::object& of, std::string_view name) {
  static const json::array none;
  const json::value* value = of.if_contains(name);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

}  // namespace handrail::aws
