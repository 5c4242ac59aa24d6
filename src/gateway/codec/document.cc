// SPDX-License-Identifier: Apache-2.0
#include "gateway/codec/document.h"

#include <algorithm>
#include <charconv>
#include <cstring>

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

template <class Integer>
void append_integer(std::string& out, Integer value) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof(digits), value).ptr);
}

bool needs_escape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

// The first byte that needs an escape. Eight at a time: a byte is below 0x20, or equal to another, where subtracting
// borrows from its top bit.
const char* first_to_escape(const char* at, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kTops = 0x8080808080808080ULL;
  const auto below = [](std::uint64_t word, std::uint64_t limit) { return (word - kOnes * limit) & ~word & kTops; };
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    if ((below(word, 0x20) | below(word ^ kOnes * '"', 1) | below(word ^ kOnes * '\\', 1)) != 0) break;
  }
  return std::find_if(at, end, needs_escape);
}

void append_escaped(std::string& out, char c) {
  static constexpr std::string_view kShort = "\b\f\n\r\t\"\\";
  static constexpr std::string_view kNames = "bfnrt\"\\";
  if (const std::size_t i = kShort.find(c); i != std::string_view::npos) {
    out.append({'\\', kNames[i]});
  } else {
    static constexpr char kDigits[] = "0123456789abcdef";
    out.append("\\u00").append({kDigits[c >> 4 & 15], kDigits[c & 15]});
  }
}

void append_string(std::string& out, std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  out += '"';
  for (const char* at = first_to_escape(from, end); at != end; at = first_to_escape(from, end)) {
    out.append(from, at);
    append_escaped(out, *at);
    from = at + 1;
  }
  out.append(from, end);
  out += '"';
}

std::size_t append_object(std::string& out, simdjson::dom::object object) {
  std::size_t count = 0;
  out += '{';
  for (const auto& [key, value] : object) {
    if (count > 0) out += ',';
    append_string(out, key);
    out += ':';
    count += 1 + append_minified(out, value);
  }
  out += '}';
  return count;
}

std::size_t append_array(std::string& out, simdjson::dom::array array) {
  std::size_t count = 0;
  out += '[';
  for (simdjson::dom::element item : array) {
    if (count > 0) out += ',';
    count += 1 + append_minified(out, item);
  }
  out += ']';
  return count;
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

std::size_t append_minified(std::string& out, simdjson::dom::element element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
    case element_type::OBJECT:
      return append_object(out, simdjson::dom::object(element));
    case element_type::ARRAY:
      return append_array(out, simdjson::dom::array(element));
    case element_type::STRING:
      append_string(out, std::string_view(element));
      return 0;
    case element_type::INT64:
      append_integer(out, std::int64_t(element));
      return 0;
    case element_type::UINT64:
      append_integer(out, std::uint64_t(element));
      return 0;
    case element_type::BOOL:
      out += bool(element) ? "true" : "false";
      return 0;
    case element_type::NULL_VALUE:
      out += "null";
      return 0;
    case element_type::DOUBLE:
      out += std::string(simdjson::minify(element));
      return 0;
  }
  return 0;
}

std::optional<simdjson::dom::object> take_data(JsonReader& in, std::string_view name, core::Event& event,
                                               const IntakeLimits& limits) {
  const auto data = in.optional_object(name);
  if (!data) {
    event.data_json = "{}";
    return std::nullopt;
  }
  static thread_local std::string text;
  text.clear();
  if (append_object(text, *data) > limits.properties_max) {
    in.fail(name, "too_many_properties", "holds more members than the limit",
            static_cast<std::int64_t>(limits.properties_max));
  } else if (text.size() > limits.event_bytes_max) {
    in.fail(name, "event_too_large", "the event is larger than the limit",
            static_cast<std::int64_t>(limits.event_bytes_max));
  } else {
    event.data_json = text;
    return data;
  }
  return std::nullopt;
}

}  // namespace handrail::gateway
