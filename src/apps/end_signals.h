// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace handrail {

// Blocked in all threads that begin later, so that one can wait for them.
class EndSignals {
 public:
  EndSignals();
  void wait() const;  // for SIGINT or SIGTERM

 private:
  sigset_t signals_{};
};

}  // namespace handrail
