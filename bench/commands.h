// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "bodies.h"

namespace handrail::bench {

struct FoldBench {
  std::uint64_t visitors = 1000;
  int requests = 4000;  // of 50 events
  int rounds = 5;
};
int run_fold(const FoldBench& options);

struct ScoreBench {
  int trees = 300;
  int depth = 6;
  int rounds = 40;  // of 500 rows each, by turns
};
int run_score_bench(const ScoreBench& options);

struct StrugglePush {
  std::string program;     // the server to start
  std::uint16_t port = 0;  // of one that runs already; 0: none
  std::string folder = ".";
  int rounds = 200;
  int events_per_second = 1000;
  int idle_visitors = 10'000;
};
int run_struggle_push(const StrugglePush& options);

// S8: a stream's event from the moment it is sent to the moment it is received, among idle streams.
struct BarePush {
  bool bare = false;  // Beast alone instead of the product's server
  int idle = 10'000;
  int pushes = 2000;
};
int run_push(const BarePush& options);

}  // namespace handrail::bench
