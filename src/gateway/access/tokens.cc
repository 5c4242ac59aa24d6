// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/tokens.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/archive.h"
#include "base/crypto.h"
#include "base/encoding.h"

namespace handrail::gateway {

template <class A>
void fields(A& a, VisitorClaims& c) {
  a(c.site, c.anonymous_id, c.user_id, c.expires_at);
}
template <class A>
void fields(A& a, SignInClaims& c) {
  a(c.credential, c.expires_at);
}

namespace {

constexpr std::string_view kVisitorKind = "hv1";
constexpr std::string_view kSignInKind = "hs1";
constexpr std::size_t kTokenBytesMax = 4096;

// "kind.claims.signature"
struct Parts {
  std::string_view signed_text;
  std::string_view claims;
  std::string_view signature;
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || first == last || token.size() > kTokenBytesMax) return std::nullopt;
  return Parts{token.substr(0, last), token.substr(first + 1, last - first - 1), token.substr(last + 1)};
}

std::string signed_token(std::string_view kind, std::string_view claims, std::string_view secret) {
  std::string text(kind);
  text.append(".").append(to_base64url(claims));
  const std::string mac = hmac_sha256(secret, text);
  return text.append(".").append(to_base64url(mac));
}

bool is_signed_by(const Parts& parts, std::string_view secret) {
  return is_equal_secret(to_base64url(hmac_sha256(secret, parts.signed_text)), parts.signature);
}

template <class Claims>
std::optional<Claims> claims_in(std::string_view kind, std::string_view token) {
  const auto parts = split(token);
  if (!parts || !token.starts_with(kind) || token.substr(kind.size(), 1) != ".") return std::nullopt;
  const auto bytes = from_base64url(parts->claims);
  return bytes ? unarchived<Claims>(*bytes) : std::nullopt;
}

std::optional<boost::json::object> json_in(std::string_view base64url) {
  const auto text = from_base64url(base64url);
  if (!text) return std::nullopt;
  boost::system::error_code ec;
  boost::json::value value = boost::json::parse(*text, ec);
  if (ec || !value.is_object()) return std::nullopt;
  return std::move(value.get_object());
}

bool holds_text(const boost::json::object& object, std::string_view name, std::string_view text) {
  const boost::json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() && value->get_string() == text;
}

}  // namespace

std::string sign(const VisitorClaims& claims, std::string_view secret) {
  return signed_token(kVisitorKind, archived(claims), secret);
}

std::optional<VisitorClaims> read_visitor_token(std::string_view token, std::string_view site,
                                                std::span<const std::string> secrets, UnixMillis now) {
  auto claims = claims_in<VisitorClaims>(kVisitorKind, token);
  if (!claims || claims->site != site || now >= claims->expires_at) return std::nullopt;
  const auto parts = split(token);
  const bool genuine =
      std::ranges::any_of(secrets, [&](const std::string& secret) { return is_signed_by(*parts, secret); });
  return genuine ? claims : std::nullopt;
}

std::optional<std::string> site_of_visitor_token(std::string_view token) {
  const auto claims = claims_in<VisitorClaims>(kVisitorKind, token);
  return claims ? std::optional(claims->site) : std::nullopt;
}

std::string sign(const SignInClaims& claims, std::string_view secret) {
  return signed_token(kSignInKind, archived(claims), secret);
}

std::optional<std::string> credential_of_sign_in(std::string_view token) {
  const auto claims = claims_in<SignInClaims>(kSignInKind, token);
  return claims ? std::optional(claims->credential) : std::nullopt;
}

bool is_signed_in(std::string_view token, std::string_view secret, UnixMillis now) {
  const auto claims = claims_in<SignInClaims>(kSignInKind, token);
  return claims && now < claims->expires_at && is_signed_by(*split(token), secret);
}

bool is_vouched_for(std::string_view jwt, std::string_view user_id, std::span<const std::string> secrets,
                    UnixMillis now) {
  const auto parts = split(jwt);
  if (!parts) return false;
  const auto header = json_in(jwt.substr(0, jwt.find('.')));
  const auto claims = json_in(parts->claims);
  if (!header || !claims || !holds_text(*header, "alg", "HS256") || !holds_text(*claims, "sub", user_id)) return false;
  const boost::json::value* expires = claims->if_contains("exp");
  if (expires == nullptr || !expires->is_number()) return false;
  boost::system::error_code ec;
  const auto seconds = expires->to_number<double>(ec);
  if (ec || static_cast<double>(now) >= seconds * 1000) return false;
  return std::ranges::any_of(secrets, [&](const std::string& secret) { return is_signed_by(*parts, secret); });
}

}  // namespace handrail::gateway
