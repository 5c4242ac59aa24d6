// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/rewrite.h"

#include <fcntl.h>

#include <algorithm>

#include "adapters/segments/scan.h"
#include "adapters/segments/segment.h"

namespace handrail::segments {
namespace {

namespace fs = std::filesystem;

bool is_erased(const Entry& entry, Offset offset, std::span<const Erased> visitors) {
  return std::any_of(visitors.begin(), visitors.end(),
                     [&](const Erased& v) { return v.visitor == entry.visitor && offset < v.below; });
}

// Zeros in the place of their entries. Returns whether there were any.
bool blank(Block& block, std::span<const Erased> visitors) {
  bool changed = false;
  std::size_t at = kBlockHeaderBytes;
  std::string_view rest = block.payload();
  for (Offset offset = block.header.first; const auto entry = take_entry(rest); ++offset) {
    const std::size_t bytes = kEntryHeaderBytes + entry->record.size();
    if (is_erased(*entry, offset, visitors)) {
      constexpr std::size_t kSizeBytes = 4;  // how long the entry is stays
      std::fill_n(block.bytes.begin() + static_cast<std::ptrdiff_t>(at + kSizeBytes), bytes - kSizeBytes, '\0');
      changed = true;
    }
    at += bytes;
  }
  return changed;
}

// Copies a segment block by block, and indexes what it becomes.
class Copy {
 public:
  Copy(const File& from, File& to, const SegmentHeader& header) : from_(from), to_(to), header_(header) {
    index_.begin_at(header.first);
  }

  Result<void> run(std::span<const Erased> visitors, std::uint64_t end_position) {
    if (auto done = to_.write_at(0, encode(header_)); !done) return done;
    while (index_.end_position() < end_position) {
      const std::uint64_t position = index_.end_position();
      auto block = read_block(from_, header_.id, position, index_.end());
      if (!block) return pass_on(block);
      if (blank(*block, visitors)) {
        block->header.payload_hash = hash64(block->payload());
        block->bytes.replace(0, kBlockHeaderBytes, encode(block->header));
      }
      if (auto done = to_.write_at(position, block->bytes); !done) return done;
      index_.add_block(block->header, position, block->payload());
    }
    return write_zeros(to_, end_position, header_.file_bytes);
  }
  const SegmentIndex& index() const { return index_; }

 private:
  const File& from_;
  File& to_;
  SegmentHeader header_;
  SegmentIndex index_;
};

}  // namespace

Result<void> rewrite_segment(const fs::path& path, std::span<const Erased> visitors) {
  auto old = File::open(path, O_RDONLY);
  if (!old) return pass_on(old);
  auto head = old->read_at(0, kSegmentHeaderBytes);
  if (!head) return pass_on(head);
  std::string fault;
  const auto header = decode_segment_header(*head, fault);
  if (!header) return fail(ErrorCode::kCorrupt, path.string() + ": " + fault);
  auto scanned = scan_segment(*old, *header);
  if (!scanned) return pass_on(scanned);

  const fs::path beside = fs::path(path).replace_extension(".rewrite.tmp");
  std::error_code ec;
  fs::remove(beside, ec);
  auto file = File::open(beside, O_RDWR | O_CREAT | O_EXCL);
  if (!file) return pass_on(file);
  Copy copy(*old, *file, *header);
  auto copied = copy.run(visitors, scanned->index.end_position());
  if (copied) copied = file->sync_data();
  if (!copied) {
    fs::remove(beside, ec);
    return copied;
  }
  fs::rename(beside, path, ec);
  if (ec) return fail(ErrorCode::kInternal, path.string() + ": rename: " + ec.message());
  if (auto done = sync_folder(path.parent_path()); !done) return done;
  return write_file_atomically(index_path(path), copy.index().encoded(header->id));
}

}  // namespace handrail::segments
