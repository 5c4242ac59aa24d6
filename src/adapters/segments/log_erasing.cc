// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <algorithm>

#include "adapters/segments/rewrite.h"
#include "adapters/segments/segment.h"

// Erasing: the segments that hold a visitor are written anew without, one after the other, beside appends and reads.
namespace handrail::segments {
namespace fs = std::filesystem;

namespace {

constexpr auto kRollPatience = std::chrono::seconds(5);

}  // namespace

Result<void> SegmentsLog::erase(std::span<const Erased> visitors) {
  Offset below = 0;
  for (const Erased& visitor : visitors) below = std::max(below, visitor.below);
  if (auto closed = close_segments_below(below); !closed) return closed;
  for (const auto& segment : segments_now()) {
    if (segment->header.first >= below) break;
    if (!holds_any(*segment, visitors)) continue;
    if (auto done = write_anew(segment, visitors); !done) return done;
  }
  return {};
}

// The active segment is left behind where it holds a record below `below`.
Result<void> SegmentsLog::close_segments_below(Offset below) {
  const auto is_closed = [&] { return !active_ || active_->header.first >= below || dead_; };
  std::unique_lock lock(state_mutex_);
  if (is_closed()) return {};
  lock.unlock();
  {
    std::lock_guard queue(queue_mutex_);
    roll_wanted_ = true;
  }
  queue_changed_.notify_one();
  lock.lock();
  if (state_changed_.wait_for(lock, kRollPatience, is_closed)) return {};
  return fail(ErrorCode::kUnavailable, "the log's newest segment could not be closed; erasing waits");
}

bool SegmentsLog::holds_any(const Segment& segment, std::span<const Erased> visitors) const {
  std::lock_guard lock(state_mutex_);
  return std::any_of(visitors.begin(), visitors.end(),
                     [&](const Erased& v) { return !segment.blocks_of_visitor(v.visitor.high).empty(); });
}

Result<void> SegmentsLog::write_anew(const std::shared_ptr<Segment>& segment, std::span<const Erased> visitors) {
  std::lock_guard files(files_mutex_);
  auto rewritten = rewrite_segment(segment->file.path(), visitors);
  if (!rewritten) return pass_on(rewritten);
  auto anew = std::make_shared<Segment>();
  anew->header = segment->header;
  anew->full = true;
  auto file = File::open(segment->file.path(), O_RDWR);
  if (!file) return pass_on(file);
  anew->file = std::move(*file);
  auto index = SealedIndex::open(index_path(segment->file.path()), segment->header.id);
  if (!index) return pass_on(index);
  anew->sealed = std::make_shared<const SealedIndex>(std::move(*index));
  std::lock_guard lock(state_mutex_);
  const auto known = segments_.find(segment->header.first);
  if (known == segments_.end()) return {};  // retention took it meanwhile
  known->second = std::move(anew);
  while (!tail_.empty() && tail_.front()->header.first < known->second->end()) {
    tail_bytes_ -= tail_.front()->bytes.size();
    tail_.pop_front();
  }
  return {};
}

}  // namespace handrail::segments
