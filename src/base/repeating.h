// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace handrail {

// Runs something again and again on a thread of its own: at once, then with a pause after each round.
class Repeating {
 public:
  ~Repeating() { stop(); }

  void start(const char* thread_name, std::chrono::seconds pause, std::function<void()> round);
  void stop();  // after the round that runs; idempotent

 private:
  std::mutex mutex_;
  std::condition_variable_any due_;
  std::jthread thread_;
};

}  // namespace handrail
