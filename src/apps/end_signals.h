// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <mutex>
#include <optional>

#include "base/result.h"

namespace handrail {

// Blocked in all threads that begin later, so that one can wait for them.
class EndSignals {
 public:
  EndSignals();
  // For SIGINT or SIGTERM, or until somebody fails: then why.
  std::optional<Error> wait();
  // The program can do nothing more and is to end. The first reason stands. Thread-safe.
  void fail(const Error& why);

 private:
  sigset_t signals_{};
  std::mutex mutex_;  // guards failure_
  std::optional<Error> failure_;
};

}  // namespace handrail
