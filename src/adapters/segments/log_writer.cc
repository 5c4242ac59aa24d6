// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/log_writer.h"

#include <fcntl.h>

#include <algorithm>

#include "adapters/segments/segment.h"

namespace handrail::segments {
namespace {

constexpr std::size_t kBlockBytes = 1 << 20;  // about; of one block, where segments hold several
constexpr Millis kBlockSpan = kSecond;        // its records were logged within: a block has one time

}  // namespace

Result<LogWriter> LogWriter::open(const std::filesystem::path& folder, Offset first, std::uint64_t segment_bytes) {
  if (auto made = create_folder(folder); !made) return pass_on(made);
  LogWriter writer(folder, first, segment_bytes);
  if (auto begun = writer.begin_segment(); !begun) return pass_on(begun);
  return writer;
}

Result<void> LogWriter::begin_segment() {
  auto file = File::open(folder_ / name_of_segment(segment_), O_RDWR | O_CREAT | O_TRUNC);
  if (!file) return pass_on(file);
  file_ = std::move(*file);
  if (auto done = file_.allocate(segment_bytes_); !done) return done;
  const SegmentHeader header{segment_, next_ - block_.count, segment_bytes_};
  index_ = SegmentIndex{};
  index_.begin_at(header.first);
  return file_.write_at(0, encode(header));
}

Result<void> LogWriter::end_segment() {
  if (auto done = file_.sync_data(); !done) return done;
  if (auto done = write_file_atomically(index_path(file_.path()), index_.encoded(segment_)); !done) return done;
  ++segment_;
  return {};
}

Result<void> LogWriter::end_block() {
  if (block_.count == 0) return {};
  block_.payload_bytes = static_cast<std::uint32_t>(payload_.size());
  block_.payload_hash = hash64(payload_);
  if (index_.end_position() + block_.total_bytes() > segment_bytes_) {
    if (kSegmentHeaderBytes + block_.total_bytes() > segment_bytes_)
      return fail(ErrorCode::kLimitExceeded, "a record is larger than a segment of the log", "log.segment_bytes",
                  static_cast<std::int64_t>(segment_bytes_));
    if (auto done = end_segment(); !done) return done;
    if (auto done = begin_segment(); !done) return done;
  }
  block_.segment = segment_;
  block_.first = next_ - block_.count;
  const std::uint64_t position = index_.end_position();
  if (auto done = file_.write_at(position, encode(block_) + payload_); !done) return done;
  index_.add_block(block_, position, payload_);
  payload_.clear();
  block_ = {};
  return {};
}

Result<Offset> LogWriter::add(std::string_view entry, UnixMillis at) {
  const bool is_full = payload_.size() + entry.size() > std::min<std::size_t>(kBlockBytes, segment_bytes_ / 4) ||
                       at - block_began_ > kBlockSpan;
  if (block_.count > 0 && is_full) {
    if (auto done = end_block(); !done) return pass_on(done);
  }
  if (block_.count == 0) block_began_ = at;
  payload_.append(entry);
  block_.log_time = at;
  ++block_.count;
  return next_++;
}

Result<Offset> LogWriter::skip(UnixMillis at) {
  std::string zeros(kEntryHeaderBytes + 1, '\0');
  zeros[0] = 1;  // how many bytes follow its header
  return add(zeros, at);
}

Result<Offset> LogWriter::finish() {
  if (auto done = end_block(); !done) return pass_on(done);
  if (auto done = file_.sync_data(); !done) return pass_on(done);
  if (auto done = write_file_atomically(folder_ / kCleanMark, encode_clean_mark(next_)); !done) return pass_on(done);
  return next_;
}

}  // namespace handrail::segments
