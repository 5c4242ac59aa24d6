// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/http.h"

namespace handrail::gateway {

// The proxies whose word about where a request came from is taken: TLS ends there.
class TrustedProxies {
 public:
  TrustedProxies() = default;
  // "10.0.0.5", "10.0.0.0/8", "fd00::/8".
  static Result<TrustedProxies> parse(const std::vector<std::string>& ranges);

  bool holds(std::string_view address) const;
  // Of a request that such a proxy passed on: sets `peer` to the last address of X-Forwarded-For that is none of
  // theirs, and `is_secure` by X-Forwarded-Proto. Of any other nothing of the sort is believed.
  void resolve(HttpRequest& request) const;

 private:
  struct Range {
    std::array<std::uint8_t, 16> address{};  // IPv4 as IPv6
    int bits = 128;
  };
  std::vector<Range> ranges_;
};

}  // namespace handrail::gateway
