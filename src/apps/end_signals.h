// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pthread.h>

#include <csignal>
#include <mutex>
#include <optional>

#include "base/result.h"

namespace handrail {

// Blocked in all threads that begin later, so that one can wait for them.
class EndSignals {
 public:
  EndSignals();
  // In the thread that made it. For SIGINT or SIGTERM, or until somebody fails: then why.
  std::optional<Error> wait();
  // The program can do nothing more and is to end. The first reason stands. Thread-safe.
  void fail(const Error& why);

 private:
  const pthread_t waiting_ = pthread_self();
  sigset_t signals_{};
  std::mutex mutex_;  // guards failure_
  std::optional<Error> failure_;
};

}  // namespace handrail
