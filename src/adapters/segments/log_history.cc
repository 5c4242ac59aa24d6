// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/log_history.h"

#include <fcntl.h>

#include <algorithm>

#include "adapters/segments/scan.h"

namespace handrail::segments {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWindow = 4 << 20;

}  // namespace

Result<LogHistory> LogHistory::open(const fs::path& folder) {
  std::error_code ec;
  std::vector<fs::path> paths;
  for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == ".seg") paths.push_back(it->path());
  }
  if (ec || paths.empty()) return fail(ErrorCode::kNotFound, folder.string() + ": there is no log");
  std::sort(paths.begin(), paths.end());
  LogHistory history;
  for (const fs::path& path : paths) {
    auto file = File::open(path, O_RDONLY);
    if (!file) return pass_on(file);
    auto head = file->read_at(0, kSegmentHeaderBytes);
    if (!head) return pass_on(head);
    if (path == paths.back() && head->find_first_not_of('\0') == std::string::npos) break;  // not begun
    std::string fault;
    const auto header = decode_segment_header(*head, fault);
    if (!header) return fail(ErrorCode::kCorrupt, path.string() + ": " + fault);
    history.segments_.push_back({std::move(*file), *header});
  }
  history.next_ = history.begin();
  return history;
}

double LogHistory::share_read() const {
  if (segments_.empty()) return 1;
  const double in_part = static_cast<double>(at_) /
                         static_cast<double>(segments_[std::min(part_, segments_.size() - 1)].header.file_bytes);
  return (static_cast<double>(part_) + in_part) / static_cast<double>(segments_.size());
}

Result<std::string_view> LogHistory::bytes_at(std::uint64_t position, std::size_t count) {
  if (position < window_at_ || position + count > window_at_ + window_.size()) {
    auto read = segments_[part_].file.read_at(position, std::max(count, kWindow));
    if (!read) return pass_on(read);
    window_ = std::move(*read);
    window_at_ = position;
  }
  return std::string_view(window_).substr(position - window_at_, count);
}

// The header of the block at hand, if it is the one that must come next.
Result<std::optional<BlockHeader>> LogHistory::header_here() {
  const SegmentHeader& segment = segments_[part_].header;
  if (at_ + kBlockHeaderBytes > segment.file_bytes) return std::optional<BlockHeader>{};
  auto bytes = bytes_at(at_, kBlockHeaderBytes);
  if (!bytes) return pass_on(bytes);
  auto header = decode_block_header(*bytes);
  if (header && (header->segment != segment.id || header->first != next_)) header.reset();
  return header;
}

Result<std::optional<HistoryBlock>> LogHistory::next() {
  if (part_ >= segments_.size()) return std::optional<HistoryBlock>{};
  auto header = header_here();
  if (!header) return pass_on(header);
  if (!*header) return end_of_part();
  const BlockHeader& block = **header;
  auto payload = bytes_at(at_ + kBlockHeaderBytes, block.payload_bytes);
  if (!payload) return pass_on(payload);
  if (payload->size() < block.payload_bytes || hash64(*payload) != block.payload_hash) return end_of_part();
  HistoryBlock out{block.log_time, {}};
  out.entries.reserve(block.count);
  std::string_view rest = *payload;
  for (Offset offset = block.first; auto entry = take_entry(rest); ++offset) {
    if (!entry->is_erased()) out.entries.push_back(entry_at(offset, *entry));
  }
  at_ += block.total_bytes();
  next_ = block.first + block.count;
  return std::optional(std::move(out));
}

// No whole block here: where the newest segment ends, or where another goes on; else bytes are damaged.
Result<std::optional<HistoryBlock>> LogHistory::end_of_part() {
  if (part_ + 1 < segments_.size() && segments_[part_ + 1].header.first != next_) {
    return fail(ErrorCode::kCorrupt, segments_[part_].file.path().string() + ": the block at byte " +
                                         std::to_string(at_) + " (offset " + std::to_string(next_) + ") is damaged");
  }
  ++part_;
  at_ = kSegmentHeaderBytes;
  window_.clear();
  window_at_ = 0;
  return next();
}

}  // namespace handrail::segments
