// SPDX-License-Identifier: Apache-2.0
#include "apps/end_signals.h"

#include <fmt/core.h>

#include <cstdio>

namespace handrail {

EndSignals::EndSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::optional<Error> EndSignals::wait() {
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals_, &signal);
  std::lock_guard lock(mutex_);
  const char* asked = signal == SIGINT ? "interrupted" : "asked to end";
  fmt::print(stderr, "handrail: {}; draining\n", failure_ ? failure_->message : asked);
  return failure_;
}

void EndSignals::fail(const Error& why) {
  std::lock_guard lock(mutex_);
  if (failure_) return;
  failure_ = why;
  pthread_kill(waiting_, SIGTERM);
}

}  // namespace handrail
