// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace handrail::gateway {

// Where what blocks is run (reads of the state and the log), so that the I/O thread never does.
class Reading {
 public:
  virtual ~Reading() = default;
  virtual bool run(std::function<void()> work) = 0;  // false when too much waits
  virtual void stop() = 0;
};

// A few threads. Bounded.
class ReadThreads final : public Reading {
 public:
  static constexpr std::size_t kWaitingMax = 1024;

  explicit ReadThreads(std::size_t threads);
  ~ReadThreads() override;
  bool run(std::function<void()> work) override;
  void stop() override;

 private:
  void loop(const std::stop_token& stop);
  std::mutex mutex_;  // guards waiting_
  std::condition_variable_any changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::jthread> threads_;
};

}  // namespace handrail::gateway
