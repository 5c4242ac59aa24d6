// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace handrail {

// Runs work(0) to work(count - 1) on at most `width` threads, this one among them.
template <class Work>
void side_by_side(std::size_t count, std::size_t width, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(width, count); ++i) others.emplace_back(take_turns);
  take_turns();
}

}  // namespace handrail
