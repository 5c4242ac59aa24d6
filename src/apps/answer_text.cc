// SPDX-License-Identifier: Apache-2.0
#include "apps/answer_text.h"

#include <fmt/core.h>

#include "apps/commands.h"
#include "base/utc.h"

namespace handrail {

namespace json = boost::json;

int report(const Result<HttpClient::Answer>& answer, bool as_json,
           const std::function<void(const json::value&)>& print) {
  if (!answer) {
    fmt::print(stderr, "handrail: {}\n", answer.error().message);
    return kFailed;
  }
  boost::system::error_code ec;
  const json::value body = json::parse(answer->body, ec);
  if (answer->status != 200 || ec) {
    const auto* detail = ec || !body.is_object() ? nullptr : body.get_object().if_contains("detail");
    fmt::print(stderr, "handrail: the server answered {}: {}\n", answer->status,
               detail == nullptr ? answer->body : std::string(detail->as_string()));
    if (answer->status == 401) fmt::print(stderr, "handrail: HANDRAIL_TOKEN must hold a token of the right role\n");
    return answer->status == 404 ? kNotFound : answer->status == 409 ? kConflicting : kFailed;
  }
  if (as_json) {
    fmt::print("{}\n", answer->body);
  } else {
    print(body);
  }
  return kOk;
}

std::string text(const json::value& object, const char* name) {
  const json::value* value = object.get_object().if_contains(name);
  if (value == nullptr || value->is_null()) return "-";
  return value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
}

std::string time_of(const json::value& object, const char* name) {
  const json::value& value = object.at(name);
  return value.is_null() ? "-" : utc(value.to_number<UnixMillis>());
}

}  // namespace handrail
