// SPDX-License-Identifier: Apache-2.0
#include "gateway/reading.h"

#include "base/thread.h"

namespace handrail::gateway {

ReadThreads::ReadThreads(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this](const std::stop_token& stop) { loop(stop); });
}

ReadThreads::~ReadThreads() { stop(); }

bool ReadThreads::run(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= kWaitingMax) return false;
    waiting_.push_back(std::move(work));
  }
  changed_.notify_one();
  return true;
}

void ReadThreads::loop(const std::stop_token& stop) {
  name_this_thread("read");
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !waiting_.empty(); })) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
  }
}

void ReadThreads::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

}  // namespace handrail::gateway
