// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/presented.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/text.h"
#include "gateway/access/guard.h"

namespace handrail::gateway {
namespace {

bool is_scheme(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if ((header[i] | 0x20) != scheme[i]) return false;
  }
  return true;
}

// "Basic base64(key:)" as Segment's libraries send it.
std::string user_of_basic(std::string_view base64) {
  std::string text = from_base64(base64).value_or("");
  return text.substr(0, text.find(':'));
}

std::string cookie_of(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    const std::string_view pair = trimmed(cookies.substr(0, end));
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) return std::string(pair.substr(equals + 1));
  }
  return {};
}

}  // namespace

Presented presented_by(const HttpRequest& request) {
  Presented presented;
  const std::string_view header = request.header("authorization");
  if (is_scheme(header, "bearer")) {
    const std::string_view token = trimmed(header.substr(7));
    (token.starts_with("hv1.") ? presented.visitor : presented.key) = token;
  } else if (is_scheme(header, "basic")) {
    presented.key = user_of_basic(trimmed(header.substr(6)));
  }
  if (!request.query.empty()) {
    if (presented.key.empty()) presented.key = request.param("writeKey").value_or("");
    if (presented.visitor.empty()) presented.visitor = request.param("token").value_or("");
  }
  if (const std::string_view cookies = request.header("cookie"); !cookies.empty())
    presented.cookie = cookie_of(cookies, Guard::kCookie);
  return presented;
}

}  // namespace handrail::gateway
