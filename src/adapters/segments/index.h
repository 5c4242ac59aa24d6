// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/segments/format.h"
#include "base/result.h"

namespace handrail::segments {

struct BlockRef {
  Offset first = 0;
  std::uint64_t position = 0;  // in the file
  UnixMillis log_time = 0;
};

// Where things lie in one segment: its blocks by offset, the blocks that hold a visitor, the blocks that hold a
// foreign id. Grows while the segment is written; when it is sealed it goes into a file beside it. Not thread-safe.
class SegmentIndex {
 public:
  void add_block(const BlockHeader& header, std::uint64_t position, std::string_view payload);

  // The block that holds the offset, or would: the last one that begins at or below it.
  std::optional<std::size_t> block_of(Offset offset) const;
  std::vector<std::uint32_t> blocks_of_visitor(std::uint64_t visitor) const;  // ascending
  std::vector<std::uint32_t> blocks_of_foreign(std::uint64_t foreign) const;  // ascending

  const std::vector<BlockRef>& blocks() const { return blocks_; }
  Offset end() const { return end_; }
  std::uint64_t end_position() const { return end_position_; }
  UnixMillis newest() const { return blocks_.empty() ? 0 : blocks_.back().log_time; }
  void begin_at(Offset first) { end_ = first; }

  std::string encoded(std::uint64_t segment) const;

 private:
  friend class SealedIndex;
  std::vector<BlockRef> blocks_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> visitors_;
  std::unordered_multimap<std::uint64_t, std::uint32_t> foreign_;
  Offset end_ = 0;
  std::uint64_t end_position_ = kSegmentHeaderBytes;
};

// A sealed segment's index, mapped from its file: sorted tables for binary search and a Bloom filter before the
// foreign ids, so that "never seen" costs one cache line. Immutable, thread-safe.
class SealedIndex {
 public:
  // kCorrupt when the file is damaged, of another segment or absent: it is then rebuilt from the segment.
  static Result<SealedIndex> open(const std::filesystem::path& path, std::uint64_t segment);
  SealedIndex(SealedIndex&& other) noexcept;
  SealedIndex& operator=(SealedIndex&&) = delete;
  ~SealedIndex();

  std::optional<std::size_t> block_of(Offset offset) const;
  std::vector<std::uint32_t> blocks_of_visitor(std::uint64_t visitor) const;
  std::vector<std::uint32_t> blocks_of_foreign(std::uint64_t foreign) const;
  BlockRef block(std::size_t i) const { return blocks_[i]; }
  std::size_t block_count() const { return block_count_; }
  Offset end() const { return end_; }
  std::uint64_t end_position() const { return end_position_; }
  UnixMillis newest() const { return block_count_ == 0 ? 0 : blocks_[block_count_ - 1].log_time; }

 private:
  struct Located {
    std::uint64_t hash;
    std::uint64_t block;
  };
  friend class SegmentIndex;
  SealedIndex() = default;
  std::vector<std::uint32_t> find(const Located* table, std::size_t count, std::uint64_t hash) const;
  bool may_hold(std::uint64_t foreign) const;

  void* map_ = nullptr;
  std::size_t map_bytes_ = 0;
  const BlockRef* blocks_ = nullptr;
  std::size_t block_count_ = 0;
  const Located* visitors_ = nullptr;
  std::size_t visitor_count_ = 0;
  const Located* foreign_ = nullptr;
  std::size_t foreign_count_ = 0;
  const std::uint64_t* filter_ = nullptr;
  std::size_t filter_lines_ = 0;
  Offset end_ = 0;
  std::uint64_t end_position_ = 0;
};

}  // namespace handrail::segments
