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

void EndSignals::wait() const {
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals_, &signal);
  fmt::print(stderr, "handrail: {}; draining\n", signal == SIGINT ? "interrupted" : "asked to end");
}

}  // namespace handrail
