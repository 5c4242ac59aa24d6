// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "adapters/segments/file.h"
#include "adapters/segments/format.h"
#include "ports/event_log.h"

namespace handrail::segments {

// The records of one block.
struct HistoryBlock {
  UnixMillis log_time = 0;
  std::vector<LogEntry> entries;
};

// Reads a log folder in order, from its oldest record to the last whole block there was when it was opened. Takes no
// lock and writes nothing, so it may run beside the server that owns the folder: segments are only ever appended to,
// and one that retention drops, or that is written anew, stays readable as it was while it is open.
class LogHistory {
 public:
  static Result<LogHistory> open(const std::filesystem::path& folder);

  // The next block; nothing at the end. kCorrupt names damaged bytes.
  Result<std::optional<HistoryBlock>> next();

  Offset begin() const { return segments_.empty() ? 0 : segments_.front().header.first; }
  Offset position() const { return next_; }  // of the next record
  double share_read() const;                 // 0 to 1, for progress

 private:
  struct Part {
    File file;
    SegmentHeader header;
  };
  Result<std::string_view> bytes_at(std::uint64_t position, std::size_t count);
  Result<std::optional<BlockHeader>> header_here();
  Result<std::optional<HistoryBlock>> end_of_part();

  std::vector<Part> segments_;
  std::size_t part_ = 0;
  std::uint64_t at_ = kSegmentHeaderBytes;  // in the part
  Offset next_ = 0;
  std::string window_;  // bytes of the part from window_at_ on
  std::uint64_t window_at_ = 0;
};

}  // namespace handrail::segments
