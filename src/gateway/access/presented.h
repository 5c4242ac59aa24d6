// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "gateway/http.h"

namespace handrail::gateway {

// What a request shows of who sent it, by where it was found. Empty where there is nothing.
struct Presented {
  std::string key;      // Bearer, Basic's user name, or ?writeKey=: a credential's text
  std::string visitor;  // ?token=, or a Bearer of that kind
  std::string cookie;   // of the desk
};
Presented presented_by(const HttpRequest& request);

}  // namespace handrail::gateway
