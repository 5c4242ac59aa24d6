// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "adapters/segments/segments_log.h"

namespace handrail::segments {

// A segment as readers hold it: its file, and its index either growing (under the log's state mutex) or sealed.
struct SegmentsLog::Segment {
  SegmentHeader header;
  File file;
  SegmentIndex growing;
  std::shared_ptr<const SealedIndex> sealed;
  bool full = false;  // no more blocks will be added

  Offset end() const { return sealed ? sealed->end() : growing.end(); }
  UnixMillis newest() const { return sealed ? sealed->newest() : growing.newest(); }
  std::optional<BlockRef> block_at(Offset offset) const {
    const auto i = sealed ? sealed->block_of(offset) : growing.block_of(offset);
    if (!i) return std::nullopt;
    return block(*i);
  }
  BlockRef block(std::size_t i) const { return sealed ? sealed->block(i) : growing.blocks()[i]; }
  std::vector<std::uint32_t> blocks_of_visitor(std::uint64_t visitor) const {
    return sealed ? sealed->blocks_of_visitor(visitor) : growing.blocks_of_visitor(visitor);
  }
  std::vector<Offset> offsets_of_foreign(std::uint64_t foreign) const {
    return sealed ? sealed->offsets_of_foreign(foreign) : growing.offsets_of_foreign(foreign);
  }
};

struct SegmentsLog::Request {
  std::vector<core::Record> records;
  std::size_t bytes = 0;  // about what they take encoded
  Appended done;
};

std::string name_of_segment(std::uint64_t id);
std::uint64_t id_of_segment(const std::filesystem::path& path);
std::filesystem::path index_path(const std::filesystem::path& segment);
inline constexpr const char* kCleanMark = "clean";  // holds the end offset after a clean stop

}  // namespace handrail::segments
