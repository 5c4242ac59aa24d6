// SPDX-License-Identifier: Apache-2.0
#include "base/repeating.h"

#include <utility>

#include "base/thread.h"

namespace handrail {

void Repeating::start(const char* thread_name, std::chrono::seconds pause, std::function<void()> round) {
  thread_ = std::jthread([this, thread_name, pause, round = std::move(round)](const std::stop_token& stop) {
    name_this_thread(thread_name);
    while (!stop.stop_requested()) {
      round();
      std::unique_lock lock(mutex_);
      due_.wait_for(lock, stop, pause, [] { return false; });
    }
  });
}

void Repeating::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace handrail
