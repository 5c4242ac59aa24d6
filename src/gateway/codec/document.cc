// SPDX-License-Identifier: Apache-2.0
#include "gateway/codec/document.h"

namespace handrail::gateway {
namespace {

constexpr std::size_t kDepthMax = 32;
constexpr std::size_t kCapacityMax = 8 << 20;  // of a parser; bodies are bounded before

std::string_view code_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "invalid_utf8";
    case simdjson::DEPTH_ERROR:
      return "too_deep";
    case simdjson::CAPACITY:
      return "body_too_large";
    default:
      return "invalid_json";
  }
}

}  // namespace

Result<simdjson::dom::element> parse_document(std::string& body) {
  static thread_local simdjson::dom::parser parser(kCapacityMax);
  if (parser.max_depth() != kDepthMax && parser.allocate(0, kDepthMax) != simdjson::SUCCESS) {
    return fail(ErrorCode::kUnavailable, "no memory for parsing");
  }
  simdjson::dom::element root;
  const simdjson::error_code error = parser.parse(body).get(root);
  if (error == simdjson::SUCCESS) return root;
  std::string detail = simdjson::error_message(error);
  if (error == simdjson::DEPTH_ERROR) detail = "the body is nested deeper than " + std::to_string(kDepthMax);
  return fail(ErrorCode::kInvalidArgument, std::string(code_of(error)) + ": " + detail, "body");
}

std::size_t count_properties(simdjson::dom::element element, std::size_t stop_at) {
  std::size_t count = 0;
  if (simdjson::dom::object object; element.get(object) == simdjson::SUCCESS) {
    for (const auto& member : object) {
      count += 1 + count_properties(member.value, stop_at);
      if (count > stop_at) return count;
    }
  } else if (simdjson::dom::array array; element.get(array) == simdjson::SUCCESS) {
    for (simdjson::dom::element item : array) {
      count += 1 + count_properties(item, stop_at);
      if (count > stop_at) return count;
    }
  }
  return count;
}

void take_data(JsonReader& in, const char* name, core::Event& event, const IntakeLimits& limits) {
  const auto element = in.find(name);
  if (!element) {
    event.data_json = "{}";
    return;
  }
  if (!element->is_object()) return in.fail(name, "wrong_type", "must be an object");
  if (count_properties(*element, limits.properties_max) > limits.properties_max) {
    return in.fail(name, "too_many_properties", "holds more members than the limit",
                   static_cast<std::int64_t>(limits.properties_max));
  }
  event.data_json = simdjson::minify(*element);
  if (event.data_json.size() > limits.event_bytes_max) {
    in.fail(name, "event_too_large", "the event is larger than the limit",
            static_cast<std::int64_t>(limits.event_bytes_max));
  }
}

}  // namespace handrail::gateway
