// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "base/result.h"
#include "base/side_by_side.h"

namespace handrail::moving {

// The same for work that may fail: after the first failure nothing more is begun.
template <class Work>
Result<void> side_by_side(std::size_t count, std::size_t width, const Work& work) {
  std::atomic<bool> has_failed{false};
  std::mutex mutex;  // guards fault
  std::optional<Error> fault;
  handrail::side_by_side(count, width, [&](std::size_t i) {
    if (has_failed) return;
    Result<void> done = work(i);
    if (done) return;
    std::lock_guard lock(mutex);
    if (!fault) fault = done.error();
    has_failed = true;
  });
  if (fault) return tl::unexpected(*fault);
  return {};
}

}  // namespace handrail::moving
