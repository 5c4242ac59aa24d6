// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bodies.h"

namespace handrail::bench {

struct LoadOptions {
  BodyOptions body;
  std::uint16_t port = 0;
  int connections = 64;
  double rate = 0;  // requests a second, by the clock (open loop); 0: each connection sends when it has its answer
  double seconds = 5;
  double warm_up = 0.7;            // answers before it are not counted
  std::uint64_t requests_max = 0;  // ends after so many; 0: by time alone
  int niceness = 19;
  bool is_patient = false;  // a refused connection rests as long as it was told to
  bool from_sent = false;  // latency from the sending itself: under overload no generator has a client for each request
};

struct LoadResult {
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;                           // counted ones, any status
  std::map<int, std::uint64_t> status;                  // counted ones
  std::uint64_t without_retry_after = 0;                // 503 or 429 that do not say when to come back
  std::uint64_t broken = 0;                             // connections that ended early
  std::size_t behind = 0;                               // requests due and not yet sent at the end
  double seconds = 0;                                   // counted time
  double p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;  // ms, of 200s, from the intended moment of sending
  double per_second() const { return seconds > 0 ? static_cast<double>(status_of(200) + status_of(204)) / seconds : 0; }
  std::uint64_t status_of(int code) const {
    const auto found = status.find(code);
    return found == status.end() ? 0 : found->second;
  }
};

// Sends requests over keep-alive connections to a loopback server from this thread. Open loop: a request is due when
// the clock says so, whether or not the server keeps up, and its latency counts from then (no coordinated omission).
LoadResult run_load(const LoadOptions& options);
std::string json_of(const LoadOptions& options, const LoadResult& result);

}  // namespace handrail::bench
