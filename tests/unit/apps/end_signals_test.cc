// SPDX-License-Identifier: Apache-2.0
#include "apps/end_signals.h"

#include <doctest/doctest.h>

#include <thread>

using namespace handrail;

TEST_CASE("a program that waits for its end hears who failed first, from any thread, also before it waits") {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  EndSignals signals;
  std::thread([&] {
    signals.fail({ErrorCode::kUnavailable, "the first", {}, {}});
    signals.fail({ErrorCode::kInternal, "the second", {}, {}});
  }).join();
  const auto why = signals.wait();
  REQUIRE(why);
  CHECK(why->message == "the first");

  EndSignals asked;
  pthread_kill(pthread_self(), SIGTERM);
  CHECK_FALSE(asked.wait());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}
