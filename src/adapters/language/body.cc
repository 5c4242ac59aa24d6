// SPDX-License-Identifier: Apache-2.0
#include "adapters/language/body.h"

#include <algorithm>
#include <limits>

#include "base/bounded.h"

namespace handrail::language {

namespace json = boost::json;

Result<json::object> body_in(std::string_view body) {
  if (body.size() > kBodyBytesMax) return fail(ErrorCode::kCorrupt, "the service's answer is too long");
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = kBodyDepthMax;
  json::value answer = json::parse({body.data(), body.size()}, ec, {}, options);
  if (ec) return fail(ErrorCode::kCorrupt, "the service's answer is no JSON: " + ec.message());
  if (!answer.is_object()) return fail(ErrorCode::kCorrupt, "the service's answer is no JSON object");
  return std::move(answer.get_object());
}

std::uint32_t tokens_at(const json::object& usage, std::string_view name) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  const json::value* count = usage.if_contains(name);
  if (count == nullptr || !count->is_int64()) return 0;
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count->get_int64(), 0, kMost));
}

std::string spoken(std::string words, std::string_view secret) {
  constexpr std::size_t kWordsMax = 300;
  constexpr std::string_view kMask = "***";
  for (std::size_t at = 0; !secret.empty() && (at = words.find(secret, at)) != std::string::npos; at += kMask.size())
    words.replace(at, secret.size(), kMask);
  for (char& c : words) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return std::string(cut_utf8(words, kWordsMax));
}

}  // namespace handrail::language
