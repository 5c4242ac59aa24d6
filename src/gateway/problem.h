// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/http.h"

namespace handrail::gateway {

// An error answer (RFC 9457): a stable code for programs, the field and the limit where they apply, words for people.
HttpResponse problem(int status, std::string_view code, std::string detail, std::string_view field = {},
                     std::optional<std::int64_t> limit = {});

// The one table from our codes to HTTP's. kUnavailable becomes 503 with Retry-After. The words of a 500 go to the
// server's log and not to the client.
HttpResponse problem(const Error& error);

}  // namespace handrail::gateway
