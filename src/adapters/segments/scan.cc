// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/scan.h"

#include <algorithm>

namespace handrail::segments {
namespace {

// The block at `at` if it is whole and the expected one.
std::optional<BlockHeader> whole_block(std::string_view bytes, std::uint64_t segment, Offset expected) {
  const auto header = decode_block_header(bytes);
  if (!header || header->segment != segment || header->first != expected) return std::nullopt;
  if (kBlockHeaderBytes + header->payload_bytes > bytes.size()) return std::nullopt;
  if (hash64(bytes.substr(kBlockHeaderBytes, header->payload_bytes)) != header->payload_hash) return std::nullopt;
  return header;
}

// A block that can't be there unless the bytes before it once were whole and acknowledged.
bool has_later_block(std::string_view bytes, std::uint64_t segment, Offset expected) {
  for (std::size_t at = 0; at + kBlockHeaderBytes <= bytes.size(); at += kAlignment) {
    const auto header = decode_block_header(bytes.substr(at));
    if (header && header->segment == segment && header->first > expected && (header->flags & kWrittenRelaxed) == 0)
      return true;
  }
  return false;
}

}  // namespace

Result<Scanned> scan_segment(const File& file, const SegmentHeader& header) {
  auto whole = file.read_at(0, header.file_bytes);
  if (!whole) return pass_on(whole);
  const std::string_view bytes = *whole;
  Scanned scanned;
  scanned.index.begin_at(header.first);
  std::size_t at = kSegmentHeaderBytes;
  while (at < bytes.size()) {
    const auto block = whole_block(bytes.substr(at), header.id, scanned.index.end());
    if (!block) break;
    scanned.index.add_block(*block, at, bytes.substr(at + kBlockHeaderBytes, block->payload_bytes));
    at += block->total_bytes();
  }
  const std::string_view rest = bytes.substr(std::min(at, bytes.size()));
  if (has_later_block(rest, header.id, scanned.index.end())) {
    return fail(ErrorCode::kCorrupt, file.path().string() + ": damaged at byte " + std::to_string(at) + " (offset " +
                                         std::to_string(scanned.index.end()) +
                                         "): later blocks are whole. Restore the segment from a backup");
  }
  scanned.torn = rest.find_first_not_of('\0') != std::string_view::npos;
  return scanned;
}

Result<bool> holds_nothing_acknowledged(const File& file, std::uint64_t segment, Offset end) {
  std::error_code ec;
  auto whole = file.read_at(0, std::filesystem::file_size(file.path(), ec));
  if (!whole) return pass_on(whole);
  return !has_later_block(*whole, segment, end);
}

Result<Block> read_block(const File& file, std::uint64_t segment, std::uint64_t position, Offset expected) {
  const auto damaged = [&] {
    return fail(ErrorCode::kCorrupt, file.path().string() + ": the block at byte " + std::to_string(position) +
                                         " (offset " + std::to_string(expected) + ") is damaged");
  };
  auto head = file.read_at(position, kBlockHeaderBytes);
  if (!head) return pass_on(head);
  const auto header = decode_block_header(*head);
  if (!header || header->segment != segment || header->first != expected) return damaged();
  auto bytes = file.read_at(position, kBlockHeaderBytes + header->payload_bytes);
  if (!bytes) return pass_on(bytes);
  if (!whole_block(*bytes, segment, expected)) return damaged();
  return Block{*header, std::move(*bytes)};
}

LogEntry entry_at(Offset offset, const Entry& stored) {
  LogEntry entry{offset, stored.visitor, core::decode_record(stored.record), {}};
  if (!entry.record) entry.raw = stored.record;
  return entry;
}

}  // namespace handrail::segments
