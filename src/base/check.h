// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace handrail {

// For programmer errors only: says where and aborts, in every build. Expected failures are Results.
inline void check(bool holds, const char* claim, std::source_location where = std::source_location::current()) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "%s:%u: check failed: %s\n", where.file_name(), where.line(), claim);
  std::abort();
}

}  // namespace handrail
