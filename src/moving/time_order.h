// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace handrail::moving {

// Entries that come visitor by visitor, sorted by time through files of sorted runs: memory holds one run, and in the
// end a piece of each. Not thread-safe.
class TimeOrder {
 public:
  struct Entry {
    UnixMillis at = 0;
    std::uint64_t slot = 0;  // each once; of one time the smaller first
    std::string bytes;
  };
  // `folder`: for the runs; it goes when it is no longer needed.
  explicit TimeOrder(std::filesystem::path folder, std::size_t run_bytes = 64 << 20)
      : folder_(std::move(folder)), run_bytes_(run_bytes) {}

  Result<void> add(Entry entry);
  // Each entry, in order. Once, after the last add().
  Result<void> drain(const std::function<Result<void>(const Entry&)>& take);

 private:
  Result<void> write_run();

  const std::filesystem::path folder_;
  const std::size_t run_bytes_;
  std::vector<Entry> entries_;
  std::size_t bytes_ = 0;
  std::vector<std::filesystem::path> runs_;
};

}  // namespace handrail::moving
