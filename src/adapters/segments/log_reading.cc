// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "adapters/segments/scan.h"
#include "adapters/segments/segment.h"

// Reading: by offset, by visitor, by foreign id. Blocks are verified whenever they are read.
namespace handrail::segments {
namespace fs = std::filesystem;

namespace {

LogEntry entry_at(Offset offset, const Entry& stored) {
  LogEntry entry{offset, stored.visitor, core::decode_record(stored.record), {}};
  if (!entry.record) entry.raw = stored.record;
  return entry;
}

}  // namespace

std::vector<std::shared_ptr<SegmentsLog::Segment>> SegmentsLog::segments_now() const {
  std::lock_guard lock(state_mutex_);
  std::vector<std::shared_ptr<Segment>> out;
  out.reserve(segments_.size());
  for (const auto& [first, segment] : segments_) out.push_back(segment);
  return out;
}

std::shared_ptr<SegmentsLog::Segment> SegmentsLog::segment_of(Offset offset) const {
  auto after = segments_.upper_bound(offset);
  return after == segments_.begin() ? nullptr : std::prev(after)->second;
}

Result<LogBatch> SegmentsLog::read(Offset from, Partition partition, std::size_t bytes_max) {
  LogBatch batch;
  batch.next = from;
  std::size_t bytes = 0;
  while (bytes < bytes_max) {
    std::shared_ptr<Segment> segment;
    std::optional<BlockRef> ref;
    {
      std::lock_guard lock(state_mutex_);
      if (batch.next >= end_) break;
      if (!segments_.empty() && batch.next < segments_.begin()->first) {
        return fail(ErrorCode::kNotFound, "offset " + std::to_string(batch.next) +
                                              " was dropped by retention; the log begins at " +
                                              std::to_string(segments_.begin()->first));
      }
      segment = segment_of(batch.next);
      if (segment) ref = segment->block_at(batch.next);
    }
    if (!ref) return fail(ErrorCode::kInternal, "no block holds offset " + std::to_string(batch.next));
    auto block = read_block(segment->file, segment->header.id, ref->position, ref->first);
    if (!block) return pass_on(block);
    std::string_view payload = block->payload();
    for (Offset offset = block->header.first; auto entry = take_entry(payload); ++offset) {
      const bool ours = entry->visitor.is_zero() || partition.owns(entry->visitor);
      if (offset >= from && ours) batch.entries.push_back(entry_at(offset, *entry));
    }
    batch.next = block->header.first + block->header.count;
    bytes += block->header.payload_bytes;
  }
  return batch;
}

void SegmentsLog::wait_beyond(Offset from, std::chrono::microseconds span) {
  std::unique_lock lock(state_mutex_);
  const std::uint64_t wakes = wakes_;
  state_changed_.wait_for(lock, span, [&] { return end_ > from || wakes_ != wakes; });
}

void SegmentsLog::wake() {
  {
    std::lock_guard lock(state_mutex_);
    ++wakes_;
  }
  state_changed_.notify_all();
}

Result<std::vector<core::LoggedRecord>> SegmentsLog::read_visitor(VisitorKey key, Offset before, std::size_t limit) {
  std::vector<core::LoggedRecord> out;
  auto segments = segments_now();
  for (auto segment = segments.rbegin(); segment != segments.rend() && out.size() < limit; ++segment) {
    if ((*segment)->header.first >= before) continue;
    std::vector<BlockRef> refs;
    {
      std::lock_guard lock(state_mutex_);
      for (std::uint32_t i : (*segment)->blocks_of_visitor(key.high)) refs.push_back((*segment)->block(i));
    }
    for (auto ref = refs.rbegin(); ref != refs.rend() && out.size() < limit; ++ref) {
      if (ref->first >= before) continue;
      auto block = read_block((*segment)->file, (*segment)->header.id, ref->position, ref->first);
      if (!block) return pass_on(block);
      std::vector<core::LoggedRecord> found;
      std::string_view payload = block->payload();
      for (Offset offset = block->header.first; auto entry = take_entry(payload); ++offset) {
        if (entry->visitor != key || offset >= before) continue;
        LogEntry logged = entry_at(offset, *entry);
        if (logged.record) found.push_back({offset, std::move(*logged.record)});
      }
      std::move(found.rbegin(), found.rend(), std::back_inserter(out));
    }
  }
  if (out.size() > limit) out.resize(limit);
  return out;
}

Result<bool> SegmentsLog::holds_foreign_id(const core::Record& record, Offset below, UnixMillis since) {
  const auto id = core::foreign_id(record);
  if (!id) return false;
  for (const auto& segment : segments_now()) {
    std::vector<BlockRef> refs;
    {
      std::lock_guard lock(state_mutex_);
      if (segment->header.first >= below || segment->newest() < since) continue;
      for (std::uint32_t i : segment->blocks_of_foreign(*id)) refs.push_back(segment->block(i));
    }
    for (const BlockRef& ref : refs) {
      if (ref.first >= below || ref.log_time < since) continue;
      auto block = read_block(segment->file, segment->header.id, ref.position, ref.first);
      if (!block) return pass_on(block);
      std::string_view payload = block->payload();
      for (Offset offset = block->header.first; auto entry = take_entry(payload); ++offset) {
        if (entry->foreign != *id || offset >= below) continue;
        const LogEntry logged = entry_at(offset, *entry);
        if (!logged.record || logged.record->key() != record.key()) continue;
        if (std::get<core::Event>(logged.record->body).id == std::get<core::Event>(record.body).id) return true;
      }
    }
  }
  return false;
}

Offset SegmentsLog::begin() const {
  std::lock_guard lock(state_mutex_);
  return segments_.empty() ? 0 : segments_.begin()->first;
}

Offset SegmentsLog::end() const {
  std::lock_guard lock(state_mutex_);
  return end_;
}

void SegmentsLog::release_before(Offset offset) {
  std::lock_guard lock(state_mutex_);
  released_ = std::max(released_, offset);
}

Result<void> SegmentsLog::health() const {
  std::lock_guard lock(state_mutex_);
  if (dead_) return tl::unexpected(*dead_);
  if (unavailable_) return tl::unexpected(*unavailable_);
  return {};
}

LogCounters SegmentsLog::counters() const {
  std::lock_guard lock(state_mutex_);
  return counters_;
}

}  // namespace handrail::segments
