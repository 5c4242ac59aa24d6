// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "gateway/access/caller.h"
#include "gateway/access/directory.h"
#include "gateway/http.h"
#include "ports/clock.h"
#include "telemetry/metrics.h"

namespace handrail::gateway {

struct GuardOptions {
  // Whether what carries no credential is let in as the owner of the site "default". For development: on loopback only.
  bool is_open = true;
  std::uint32_t failed_tries_max = 20;  // of an address in kFailedWithin; then it waits
  Millis token_lives = kHour;
  Millis sign_in_lives = 12 * kHour;
};

// Finds out who asks and whether they may. Used on the I/O thread.
class Guard {
 public:
  static constexpr Millis kFailedWithin = kMinute;
  static constexpr std::size_t kAddressesMax = 65'536;
  static constexpr std::string_view kCookie = "handrail_desk";
  template <class T>
  using Answer = tl::expected<T, HttpResponse>;

  Guard(GuardOptions options, const Clock& clock, telemetry::Metrics& metrics);

  Directory& directory() { return directory_; }
  const Directory& directory() const { return directory_; }
  const GuardOptions& options() const { return options_; }
  // From now on an unknown credential is one that there is not, and not one of which nothing was heard yet.
  void knows_all() { knows_all_ = true; }

  Answer<Caller> let_in(const HttpRequest& request, Access access);
  // The page that has this key and, where a browser says so, this origin. An empty key: the open site's.
  Answer<Caller> let_page_in(std::string_view key, const HttpRequest& request);

  struct IssuedToken {
    std::string token;
    UnixMillis expires_at = 0;
    UnixMillis renew_at = 0;
  };
  IssuedToken issue(VisitorClaims claims) const;
  bool is_vouched_for(std::string_view jwt, std::string_view user_id, std::string_view site) const;
  // For the desk: the cookie that stands for the credential.
  std::string sign_in(const core::Credential& credential) const;
  // The credential of the text, where it is one that people have.
  Answer<const core::Credential*> recognise(std::string_view text, const std::string& address);

 private:
  Answer<Caller> by_visitor_token(std::string_view token, const HttpRequest& request, Access access);
  Answer<Caller> by_credential(const core::Credential& credential, const HttpRequest& request, Access access,
                               std::string_view visitor_token);
  Answer<Caller> by_sign_in(std::string_view token, const HttpRequest& request, Access access);
  Answer<Caller> without(const HttpRequest& request, Access access) const;
  std::optional<HttpResponse> site_refuses(std::string_view site, const HttpRequest& request, Access access) const;
  HttpResponse unknown(const char* what);
  bool is_waiting(const std::string& address);
  void note_failure(const std::string& address);
  std::span<const std::string> token_secrets(std::string_view site) const;

  const GuardOptions options_;
  const Clock& clock_;
  Directory directory_;
  bool knows_all_ = false;
  const std::vector<std::string>
      own_secrets_;  // of visitor tokens for a site that nobody declared; ends with the process
  struct Failures {
    std::uint32_t count = 0;
    UnixMillis since = 0;
  };
  std::unordered_map<std::string, Failures> failures_;
  telemetry::Counter unauthenticated_, forbidden_, throttled_;
};

}  // namespace handrail::gateway
