// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/memory_log.h"

namespace handrail {

void MemoryLog::append(std::vector<core::Record> records, Appended done) {
  std::unique_lock lock(mutex_);
  if (!refusal_) {
    const Error why = refusal_.error();
    lock.unlock();
    return done(tl::unexpected(why));
  }
  const Offset first = stored_.size();
  for (const core::Record& record : records) {
    Stored stored{{}, record.is_control(), false, clock_.now() / 1000, core::foreign_id(record), core::encode(record)};
    if (!stored.control) stored.key = record.key();
    stored_.push_back(std::move(stored));
  }
  lock.unlock();
  changed_.notify_all();
  done(Receipt{first});
}

Result<LogBatch> MemoryLog::read(Offset from, Partition partition, std::size_t bytes_max) {
  std::lock_guard lock(mutex_);
  LogBatch batch;
  batch.next = from;
  for (std::size_t bytes = 0; batch.next < stored_.size() && bytes < bytes_max; ++batch.next) {
    const Stored& stored = stored_[batch.next];
    bytes += stored.bytes.size();
    if (stored.erased || (!stored.control && !partition.owns(stored.key))) continue;
    LogEntry entry{batch.next, stored.key, core::decode_record(stored.bytes), {}};
    if (!entry.record) entry.raw = stored.bytes;
    batch.entries.push_back(std::move(entry));
  }
  return batch;
}

void MemoryLog::wait_beyond(Offset from, std::chrono::microseconds span) {
  std::unique_lock lock(mutex_);
  const std::uint64_t wakes = wakes_;
  changed_.wait_for(lock, span, [&] { return stored_.size() > from || wakes_ != wakes; });
}

void MemoryLog::wake() {
  {
    std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

Result<std::vector<core::LoggedRecord>> MemoryLog::read_visitor(VisitorKey key, Offset before, std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<core::LoggedRecord> out;
  for (Offset offset = std::min<Offset>(before, stored_.size()); offset-- > 0 && out.size() < limit;) {
    if (stored_[offset].control || stored_[offset].key != key) continue;
    if (auto record = core::decode_record(stored_[offset].bytes)) out.push_back({offset, std::move(*record)});
  }
  return out;
}

Result<bool> MemoryLog::holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within,
                                         Offset below, UnixMillis since) {
  const auto id = core::foreign_id(record);
  if (!id) return false;
  std::lock_guard lock(mutex_);
  for (const core::ActiveSpan& span : within) {
    for (Offset offset = span.first; offset <= span.last && offset < std::min<Offset>(below, stored_.size());
         ++offset) {
      const Stored& stored = stored_[offset];
      if (stored.foreign == id && stored.key == record.key() && stored.log_time >= since) return true;
    }
  }
  return false;
}

Result<void> MemoryLog::erase(std::span<const Erased> visitors) {
  std::lock_guard lock(mutex_);
  for (const Erased& visitor : visitors) {
    for (Offset offset = 0; offset < std::min<Offset>(visitor.below, stored_.size()); ++offset) {
      Stored& stored = stored_[offset];
      if (!stored.control && stored.key == visitor.visitor) stored = {{}, false, true, stored.log_time, {}, {}};
    }
  }
  return {};
}

Offset MemoryLog::end() const {
  std::lock_guard lock(mutex_);
  return stored_.size();
}

Offset MemoryLog::append_bytes(VisitorKey key, std::string bytes) {
  std::lock_guard lock(mutex_);
  stored_.push_back({key, false, false, clock_.now() / 1000, std::nullopt, std::move(bytes)});
  changed_.notify_all();
  return stored_.size() - 1;
}

void MemoryLog::refuse_appends(std::optional<Error> why) {
  std::lock_guard lock(mutex_);
  if (why) {
    refusal_ = tl::unexpected(*why);
  } else {
    refusal_ = Result<void>{};
  }
}

}  // namespace handrail
