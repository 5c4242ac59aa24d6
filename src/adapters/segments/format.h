// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "core/event/record.h"

namespace handrail::segments {

// The log on disk (docs/formats.md). A segment is a file of fixed size, written full of zeros before use, so that a
// commit neither grows the file nor converts extents. It holds a header and then blocks, one a commit, back to back:
//
//   segment  | header 4096 B | block | block | ... | zeros
//   block    | header 56 B | entries | padding to 8 B |
//   entry    | u32 bytes | 16 B visitor | u64 foreign id | record |
//
// A block counts only with the segment's id, the expected next offset and both checksums right: old bytes under a
// recycled or torn place can't pass for new ones. Little-endian.
inline constexpr std::uint32_t kFormatVersion = 1;
inline constexpr std::size_t kSegmentHeaderBytes = 4096;
inline constexpr std::size_t kBlockHeaderBytes = 56;
inline constexpr std::size_t kEntryHeaderBytes = 28;
inline constexpr std::size_t kAlignment = 8;

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

struct SegmentHeader {
  std::uint64_t id = 0;
  Offset first = 0;
  std::uint64_t file_bytes = 0;
};
std::string encode(const SegmentHeader& header);  // kSegmentHeaderBytes long
// The header, or what is wrong with it: damaged, or of a newer format.
std::optional<SegmentHeader> decode_segment_header(std::string_view bytes, std::string& fault);

// In a block's flags: it was acknowledged without a sync of its own, so that the blocks before it may be missing.
inline constexpr std::uint32_t kWrittenRelaxed = 1;

struct BlockHeader {
  std::uint32_t count = 0;
  std::uint64_t segment = 0;
  Offset first = 0;
  UnixMillis log_time = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t flags = 0;
  std::uint64_t payload_hash = 0;

  std::size_t total_bytes() const { return aligned(kBlockHeaderBytes + payload_bytes); }
};
std::string encode(const BlockHeader& header);
// Nothing unless the header's own checksum holds.
std::optional<BlockHeader> decode_block_header(std::string_view bytes);

// Appends one entry, encoding the record in place. `visitor` is zero for control entries;
// `foreign` is 0 where the record needs no deduplication by id.
void append_entry(std::string& payload, const VisitorKey& visitor, std::uint64_t foreign, const core::Record& record);

struct Entry {
  VisitorKey visitor;
  std::uint64_t foreign = 0;
  std::string_view record;

  // Zeros in the place of one that was erased: no record has format 0.
  bool is_erased() const { return !record.empty() && record.front() == '\0'; }
};
// Takes the first entry off `payload`; nothing when it is damaged.
std::optional<Entry> take_entry(std::string_view& payload);

// The file that vouches for the end of a log after a clean stop: the offset and a checksum, as text.
std::string encode_clean_mark(Offset end);
// Nothing where it is damaged.
std::optional<Offset> decode_clean_mark(std::string_view text);

// A whole block as it lies in the file, without its padding.
struct Block {
  BlockHeader header;
  std::string bytes;
  std::string_view payload() const { return std::string_view(bytes).substr(kBlockHeaderBytes, header.payload_bytes); }
};

}  // namespace handrail::segments
