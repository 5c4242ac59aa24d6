// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "adapters/segments/file.h"
#include "adapters/segments/index.h"

namespace handrail::segments {

// Writes a log that nobody reads yet, from records that were logged elsewhere: each at the time that it is given, and
// from an offset on that need not be 0. SegmentsLog opens what it leaves. Nothing is durable before finish(). Not
// thread-safe.
class LogWriter {
 public:
  // Into a folder without a log.
  static Result<LogWriter> open(const std::filesystem::path& folder, Offset first, std::uint64_t segment_bytes);

  // An entry as append_entry() makes it, at the next offset, which is returned. Times do not fall. kLimitExceeded for
  // one that no segment can hold.
  Result<Offset> add(std::string_view entry, UnixMillis at);
  // Takes the next offset for nothing: readers pass over it.
  Result<Offset> skip(UnixMillis at);
  // Makes all of it durable and marks a clean end, which is returned.
  Result<Offset> finish();

 private:
  LogWriter(std::filesystem::path folder, Offset first, std::uint64_t segment_bytes)
      : folder_(std::move(folder)), segment_bytes_(segment_bytes), next_(first) {}
  Result<void> begin_segment();
  Result<void> end_segment();
  Result<void> end_block();

  std::filesystem::path folder_;
  std::uint64_t segment_bytes_;
  Offset next_;
  std::uint64_t segment_ = 0;
  File file_;
  SegmentIndex index_;
  std::string payload_;  // of the block at hand
  BlockHeader block_;
  UnixMillis block_began_ = 0;
};

}  // namespace handrail::segments
