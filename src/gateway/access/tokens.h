// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace handrail::gateway {

// Signed claims that are kept by who shows them: nothing of them is stored here. HMAC-SHA-256 over the claims; the kind
// is part of what is signed, so that one is never taken for another.

// Who a page speaks for.
struct VisitorClaims {
  std::string site;
  std::string anonymous_id;
  std::string user_id;  // vouched for by the site; may be empty
  UnixMillis expires_at = 0;

  bool is(std::string_view visitor) const {
    return visitor == anonymous_id || (!user_id.empty() && visitor == user_id);
  }
};
std::string sign(const VisitorClaims& claims, std::string_view secret);
// Of no known secret, expired, or for another site: nothing. Any of the secrets will do.
std::optional<VisitorClaims> read_visitor_token(std::string_view token, std::string_view site,
                                                std::span<const std::string> secrets, UnixMillis now);
// The site that a token says it is for: to be believed once it was read.
std::optional<std::string> site_of_visitor_token(std::string_view token);

// A person who signed in at the desk with a credential; ends with it.
struct SignInClaims {
  std::string credential;
  UnixMillis expires_at = 0;
};
std::string sign(const SignInClaims& claims, std::string_view secret);
std::optional<std::string> credential_of_sign_in(std::string_view token);
bool is_signed_in(std::string_view token, std::string_view secret, UnixMillis now);

// The site's own word about a user: a JWT (RFC 7519) signed HS256 with a secret shared with the site, whose `sub` is
// the userId and whose `exp` (seconds) is required. Any other algorithm is refused.
bool is_vouched_for(std::string_view jwt, std::string_view user_id, std::span<const std::string> secrets,
                    UnixMillis now);

}  // namespace handrail::gateway
