// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/result.h"

namespace handrail::moving {

// Runs work(0) to work(count - 1) on at most `width` threads; the first failure ends it.
template <class Work>
Result<void> side_by_side(std::size_t count, std::size_t width, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;  // guards fault
  std::optional<Error> fault;
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      if (Result<void> done = work(i); !done) {
        std::lock_guard lock(mutex);
        if (!fault) fault = done.error();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min(width, count); ++i) others.emplace_back(take_turns);
    take_turns();
  }
  if (fault) return tl::unexpected(*fault);
  return {};
}

}  // namespace handrail::moving
