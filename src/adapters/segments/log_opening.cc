// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <algorithm>

#include "adapters/segments/scan.h"
#include "adapters/segments/segment.h"
#include "telemetry/log.h"

// Opening a log: what a crash left is put in order, what is damaged is refused by name.
namespace handrail::segments {
namespace fs = std::filesystem;

Result<std::unique_ptr<SegmentsLog>> SegmentsLog::open(LogOptions options, const Clock& clock) {
  if (auto created = create_folder(options.folder); !created) return pass_on(created);
  std::unique_ptr<SegmentsLog> log(new SegmentsLog(std::move(options), clock));
  if (auto done = log->lock_folder(); !done) return pass_on(done);
  if (auto done = log->recover(); !done) return pass_on(done);
  log->committer_ = std::jthread([raw = log.get()](const std::stop_token& stop) { raw->commit_loop(stop); });
  log->upkeep_ = std::jthread([raw = log.get()](const std::stop_token& stop) { raw->upkeep_loop(stop); });
  return log;
}

Result<void> SegmentsLog::lock_folder() {
  auto file = File::open(options_.folder / "lock", O_RDWR | O_CREAT);
  if (!file) return pass_on(file);
  lock_ = std::move(*file);
  return lock_.lock_alone();
}

Result<void> SegmentsLog::recover() {
  std::vector<fs::path> paths;
  for (const auto& item : fs::directory_iterator(options_.folder)) {
    if (item.path().extension() == ".seg") paths.push_back(item.path());
    if (item.path().extension() == ".tmp") fs::remove(item.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    auto taken = take_up(path, path == paths.back());
    if (!taken) return taken;
  }
  counters_.segments = segments_.size();
  if (auto clean = check_clean_mark(end_); !clean) return clean;
  // The process before may have died between a write or a rename and its sync: what is built on must be durable first.
  if (active_) {
    if (auto done = active_->file.sync_data(); !done) return done;
  }
  if (auto done = sync_folder(options_.folder); !done) return done;
  if (!active_ || active_->full) return roll(end_);
  return {};
}

// One segment of those that are there, in order. The newest is scanned, and a torn tail cut; of the others the index
// is enough.
Result<void> SegmentsLog::take_up(const fs::path& path, bool is_newest) {
  auto segment = std::make_shared<Segment>();
  auto file = File::open(path, O_RDWR);
  if (!file) return pass_on(file);
  segment->file = std::move(*file);
  auto head = segment->file.read_at(0, kSegmentHeaderBytes);
  if (!head) return pass_on(head);
  if (is_newest && head->find_first_not_of('\0') == std::string::npos) {
    auto unused = holds_nothing_acknowledged(segment->file, id_of_segment(path), end_);
    if (!unused) return pass_on(unused);
    if (!*unused) return fail(ErrorCode::kCorrupt, path.string() + ": the header is gone, but there are blocks");
    fs::remove(path);  // renamed into place, but its first block never became durable
    return {};
  }
  std::string fault;
  auto header = decode_segment_header(*head, fault);
  if (!header) return fail(ErrorCode::kCorrupt, path.string() + ": " + fault);
  auto last = segment->file.read_at(header->file_bytes - 1, 1);
  if (!last) return pass_on(last);
  if (last->empty()) {  // written to its full length before its first block
    return fail(ErrorCode::kCorrupt,
                path.string() + ": ends before byte " + std::to_string(header->file_bytes) + ": it was cut off");
  }
  if (active_ && header->first != end_) {
    return fail(ErrorCode::kCorrupt, path.string() + ": begins at offset " + std::to_string(header->first) +
                                         ", but the segment before it ends at " + std::to_string(end_));
  }
  segment->header = *header;
  segment->full = !is_newest;
  if (segment->full) {
    if (auto index = SealedIndex::open(index_path(path), header->id))
      segment->sealed = std::make_shared<const SealedIndex>(std::move(*index));
    else if (fs::exists(index_path(path)))
      telemetry::log_warning(index.error().message + "; it is made anew");
  }
  if (!segment->sealed) {
    if (auto scanned = scan_and_cut(*segment); !scanned) return scanned;
  }
  end_ = segment->end();
  newest_log_time_ = std::max(newest_log_time_, segment->newest());
  next_segment_ = header->id + 1;
  active_ = segment;
  segments_.insert_or_assign(header->first, std::move(segment));
  return {};
}

Result<void> SegmentsLog::scan_and_cut(Segment& segment) {
  auto scanned = scan_segment(segment.file, segment.header);
  if (!scanned) return pass_on(scanned);
  segment.growing = std::move(scanned->index);
  if (!scanned->torn) return {};
  telemetry::log_warning(segment.file.path().string() + ": cutting a torn tail behind offset " +
                         std::to_string(segment.growing.end()));
  return write_zeros(segment.file, segment.growing.end_position(), segment.header.file_bytes);
}

// After a clean stop the end is known, so that damage to the very last block can be told from a torn tail.
Result<void> SegmentsLog::check_clean_mark(Offset end) {
  const fs::path path = options_.folder / kCleanMark;
  std::error_code ec;
  if (!fs::exists(path, ec)) return {};
  auto file = File::open(path, O_RDONLY);
  if (!file) return pass_on(file);
  auto text = file->read_at(0, 128);
  if (!text) return pass_on(text);
  const std::optional<Offset> stopped_at = decode_clean_mark(*text);
  if (!stopped_at) telemetry::log_warning(path.string() + ": damaged; the log is opened as after a crash");
  if (stopped_at && *stopped_at > end) {
    return fail(ErrorCode::kCorrupt, options_.folder.string() + ": the log was closed at offset " +
                                         std::to_string(*stopped_at) + ", but ends at " + std::to_string(end) +
                                         ": its newest segment is damaged or missing");
  }
  fs::remove(path, ec);
  return sync_folder(options_.folder);
}

}  // namespace handrail::segments
