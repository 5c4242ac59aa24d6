// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/segments/file.h"
#include "adapters/segments/index.h"
#include "ports/event_log.h"

namespace handrail::segments {

// Reads every block of a segment and indexes it.
struct Scanned {
  SegmentIndex index;
  bool torn = false;  // bytes after the last block that are neither zero nor a block
};

// kCorrupt, by file and byte, when a valid block of this segment lies beyond the first invalid place: something inside
// was damaged. Bytes after the last block alone are a torn tail: the write that never was acknowledged.
Result<Scanned> scan_segment(const File& file, const SegmentHeader& header);

// Whether a segment whose header never became durable holds at most the one block that was in flight with it: `end` is
// the offset at which it would begin.
Result<bool> holds_nothing_acknowledged(const File& file, std::uint64_t segment, Offset end);

// The block at `position`, with both checksums verified against what is expected of it.
Result<Block> read_block(const File& file, std::uint64_t segment, std::uint64_t position, Offset expected);

// A block's entry as readers get it: decoded, or its bytes where they are no record.
LogEntry entry_at(Offset offset, const Entry& stored);

}  // namespace handrail::segments
