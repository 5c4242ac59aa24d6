// SPDX-License-Identifier: Apache-2.0
#include "base/url.h"

#include <doctest/doctest.h>

using namespace handrail;

TEST_CASE("a URL is shown without the login that it may hold") {
  static constexpr const char* kRows[][2] = {
      {"https://name:pass@host:8000/v1", "https://host:8000/v1"},
      {"https://name:p@ss@host/v1?a=b@c", "https://host/v1?a=b@c"},
      {"http://token@host", "http://host"},
      {"http://host/v1/@me", "http://host/v1/@me"},
      {"http://host?x=@", "http://host?x=@"},
      {"name@example.com", "name@example.com"},
      {"me@x://host", "me@x://host"},
      {"", ""},
  };
  for (const auto& [url, shown] : kRows) CHECK(without_login(url) == shown);
}
