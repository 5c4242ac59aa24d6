// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "stats.h"

namespace handrail::bench {

// A group commit with nothing around it: the floor under any durable answer on this disk. Requests are handed to a
// committer thread, which writes all that wait as one block onto a pre-written file, syncs it, and answers.
class CommitProbe {
 public:
  explicit CommitProbe(const std::filesystem::path& path);
  ~CommitProbe();
  CommitProbe(const CommitProbe&) = delete;
  CommitProbe& operator=(const CommitProbe&) = delete;

  // One request of an event's size, waited for. Milliseconds.
  double once();
  // Requests by the clock for some seconds (open loop): the latency of each from when it was due. Milliseconds.
  std::vector<double> open_loop(double per_second, double seconds);

 private:
  void commit_loop(const std::stop_token& stop);

  int fd_;
  off_t position_ = 0;
  std::string block_;
  std::mutex mutex_;  // guards the three below
  std::condition_variable_any changed_;
  std::vector<Steady::time_point> waiting_;
  std::vector<double> done_;
  bool is_busy_ = false;
  std::jthread committer_;
};

}  // namespace handrail::bench
