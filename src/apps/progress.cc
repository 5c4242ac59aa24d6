// SPDX-License-Identifier: Apache-2.0
#include "apps/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace handrail {
namespace {

using Steady = std::chrono::steady_clock;
constexpr auto kRedrawEvery = std::chrono::milliseconds(200);
constexpr auto kLineEvery = std::chrono::seconds(5);
constexpr int kWidth = 24;

}  // namespace

Progress::Progress(std::string what)
    : what_(std::move(what)),
      is_terminal_(isatty(STDERR_FILENO) == 1),
      next_(is_terminal_ ? Steady::now() : Steady::now() + kLineEvery) {}

void Progress::at(double share, const std::string& detail) {
  const auto now = Steady::now();
  if (now < next_) return;
  next_ = now + (is_terminal_ ? Steady::duration(kRedrawEvery) : Steady::duration(kLineEvery));
  share = std::clamp(share, 0.0, 1.0);
  if (is_terminal_) return draw_bar(share, detail);
  fmt::print(stderr, "{} {:3.0f} %  {}\n", what_, share * 100, detail);
}

void Progress::draw_bar(double share, const std::string& detail) {
  const int full = static_cast<int>(share * kWidth);
  std::string bar;
  for (int i = 0; i < kWidth; ++i) bar += i < full ? "█" : "░";
  fmt::print(stderr, "\r\x1b[K{} {} {:3.0f} %  {}", what_, bar, share * 100, detail);
  std::fflush(stderr);
  is_drawn_ = true;
}

void Progress::finish() {
  if (!is_drawn_) return;
  is_drawn_ = false;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

}  // namespace handrail
