// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "adapters/segments/scan.h"
#include "adapters/segments/segment.h"

// Reading: by offset, by visitor, by foreign id. Blocks are verified whenever they are read.
namespace handrail::segments {
namespace fs = std::filesystem;

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

// Under the state mutex.
std::optional<SegmentsLog::Place> SegmentsLog::place_of(Offset offset) const {
  if (!tail_.empty() && offset >= tail_.front()->header.first) {
    const auto after = std::upper_bound(tail_.begin(), tail_.end(), offset,
                                        [](Offset o, const auto& block) { return o < block->header.first; });
    return Place{*std::prev(after), nullptr, {}};
  }
  auto segment = segment_of(offset);
  const auto ref = segment ? segment->block_at(offset) : std::nullopt;
  if (!ref) return std::nullopt;
  return Place{nullptr, std::move(segment), *ref};
}

Result<std::shared_ptr<const Block>> SegmentsLog::fetch(Place place) {
  if (place.block) return std::move(place.block);
  auto block = read_block(place.segment->file, place.segment->header.id, place.ref.position, place.ref.first);
  if (!block) return pass_on(block);
  return std::make_shared<const Block>(std::move(*block));
}

Result<LogBatch> SegmentsLog::read(Offset from, Partition partition, std::size_t bytes_max) {
  LogBatch batch;
  batch.next = from;
  std::size_t bytes = 0;
  while (bytes < bytes_max) {
    std::optional<Place> place;
    {
      std::lock_guard lock(state_mutex_);
      if (batch.next >= end_) break;
      if (!segments_.empty() && batch.next < segments_.begin()->first) {
        return fail(ErrorCode::kNotFound, "offset " + std::to_string(batch.next) +
                                              " was dropped by retention; the log begins at " +
                                              std::to_string(segments_.begin()->first));
      }
      place = place_of(batch.next);
    }
    if (!place) return fail(ErrorCode::kInternal, "no block holds offset " + std::to_string(batch.next));
    const auto block = fetch(std::move(*place));
    if (!block) return pass_on(block);
    const BlockHeader& header = (*block)->header;
    std::string_view payload = (*block)->payload();
    if (batch.entries.empty()) batch.entries.reserve(header.count / partition.count + 1);
    for (Offset offset = header.first; auto entry = take_entry(payload); ++offset) {
      const bool ours = !entry->is_erased() && (entry->visitor.is_zero() || partition.owns(entry->visitor));
      if (offset >= from && ours) batch.entries.push_back(entry_at(offset, *entry));
    }
    batch.next = header.first + header.count;
    bytes += header.payload_bytes;
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
      const auto block = fetch({nullptr, *segment, *ref});
      if (!block) return pass_on(block);
      std::vector<core::LoggedRecord> found;
      std::string_view payload = (*block)->payload();
      for (Offset offset = (*block)->header.first; auto entry = take_entry(payload); ++offset) {
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

Result<bool> SegmentsLog::holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within,
                                           Offset below, UnixMillis since) {
  const auto id = core::foreign_id(record);
  if (!id) return false;
  for (const auto& [offset, place] : places_of_foreign(*id, within, below, since)) {
    const auto block = fetch(place);
    if (!block) return pass_on(block);
    std::string_view payload = (*block)->payload();
    for (Offset at = (*block)->header.first; auto entry = take_entry(payload); ++at) {
      if (at != offset) continue;
      const LogEntry logged = entry_at(offset, *entry);
      if (!logged.record || logged.record->key() != record.key()) break;
      if (std::get<core::Event>(logged.record->body).id == std::get<core::Event>(record.body).id) return true;
    }
  }
  return false;
}

// The offsets that may hold the id, with their blocks. Nearly always there are none: a look into the index of each
// segment that the visitor's spans touch.
std::vector<std::pair<Offset, SegmentsLog::Place>> SegmentsLog::places_of_foreign(
    std::uint64_t id, std::span<const core::ActiveSpan> within, Offset below, UnixMillis since) const {
  std::vector<std::pair<Offset, Place>> out;
  std::lock_guard lock(state_mutex_);
  const Segment* looked_at = nullptr;
  for (const core::ActiveSpan& span : within) {
    auto it = segments_.upper_bound(span.first);
    if (it != segments_.begin()) --it;
    for (; it != segments_.end() && it->first <= span.last && it->first < below; ++it) {
      const Segment& segment = *it->second;
      if (&segment == looked_at || segment.newest() < since) continue;
      looked_at = &segment;
      for (Offset offset : segment.offsets_of_foreign(id)) {
        const auto holds = [&](const core::ActiveSpan& s) { return offset >= s.first && offset <= s.last; };
        const bool counts = offset < below && std::any_of(within.begin(), within.end(), holds);
        const auto ref = counts ? segment.block_at(offset) : std::nullopt;
        if (ref && ref->log_time >= since) out.emplace_back(offset, *place_of(offset));
      }
    }
  }
  return out;
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
