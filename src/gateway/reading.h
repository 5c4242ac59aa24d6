// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace handrail::gateway {

// A few threads for what blocks (reads of the state and the log), so that the I/O thread never does. Bounded.
class Reading {
 public:
  static constexpr std::size_t kWaitingMax = 1024;

  explicit Reading(std::size_t threads);
  ~Reading();
  bool run(std::function<void()> work);  // false when too much waits
  void stop();

 private:
  void loop(const std::stop_token& stop);
  std::mutex mutex_;  // guards waiting_
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::jthread> threads_;
};

}  // namespace handrail::gateway
