// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/segments_log.h"

#include <utility>

#include "adapters/segments/segment.h"
#include "base/thread.h"
#include "telemetry/log.h"

// Appending: the queue, the committer, and the roll to the next segment.
namespace handrail::segments {
namespace fs = std::filesystem;

SegmentsLog::SegmentsLog(LogOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}

SegmentsLog::~SegmentsLog() { stop(); }

void SegmentsLog::append(std::vector<core::Record> records, Appended done) {
  Request request;
  for (const core::Record& record : records) request.bytes += kEntryHeaderBytes + core::encoded_size_hint(record);
  if (request.bytes > options_.block_bytes_max) {
    return done(fail(ErrorCode::kLimitExceeded, "one append is larger than a block", "records",
                     static_cast<std::int64_t>(options_.block_bytes_max)));
  }
  request.records = std::move(records);
  request.done = std::move(done);
  auto refusal = why_refusing();
  if (!refusal) refusal = enqueue(request);
  if (!refusal) return queue_changed_.notify_one();
  {
    std::lock_guard lock(state_mutex_);
    ++counters_.refused;
  }
  request.done(tl::unexpected(*refusal));
}

// The common answer, "it is not", takes no lock.
std::optional<Error> SegmentsLog::why_refusing() const {
  if (!is_refusing_) return std::nullopt;
  std::lock_guard lock(state_mutex_);
  return dead_ ? dead_ : unavailable_;
}

// Takes the request, or says why not and leaves it.
std::optional<Error> SegmentsLog::enqueue(Request& request) {
  std::lock_guard lock(queue_mutex_);
  if (stopping_) return Error{ErrorCode::kUnavailable, "the log is closing"};
  const std::size_t bytes = request.bytes;
  if (waiting_bytes_ + bytes > options_.waiting_bytes_max) {
    return Error{ErrorCode::kUnavailable, "too much waits to be written", "log.waiting_bytes_max",
                 static_cast<std::int64_t>(options_.waiting_bytes_max)};
  }
  waiting_bytes_ += bytes;
  waiting_.push_back(std::move(request));
  return std::nullopt;
}

void SegmentsLog::commit_loop(const std::stop_token& stop) {
  name_this_thread("log-commit");
  while (true) {
    std::vector<Request> requests;
    bool roll_wanted = false;
    {
      std::unique_lock lock(queue_mutex_);
      queue_changed_.wait(lock, stop, [&] { return !waiting_.empty() || roll_wanted_; });
      roll_wanted = std::exchange(roll_wanted_, false);
      if (waiting_.empty() && !roll_wanted) return;
      std::size_t bytes = 0;
      while (!waiting_.empty() && bytes + waiting_.front().bytes <= options_.block_bytes_max) {
        bytes += waiting_.front().bytes;
        requests.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
      waiting_bytes_ -= bytes;
    }
    const Offset first = end();
    if (roll_wanted) roll_early();
    if (requests.empty()) continue;
    const Result<void> written = write_block(requests);
    if (!written) {
      const bool no_space = written.error().code == ErrorCode::kUnavailable;
      telemetry::log_error((no_space ? "the log cannot take records now: " : "the log failed: ") +
                           written.error().message);
      if (no_space) {
        std::lock_guard lock(state_mutex_);
        unavailable_ = written.error();
        is_refusing_ = true;
      } else {
        die(written.error());
      }
    }
    Offset offset = first;
    for (Request& request : requests) {
      request.done(written ? Result<Receipt>(Receipt{offset}) : Result<Receipt>(tl::unexpected(written.error())));
      offset += request.records.size();
    }
  }
}

// To leave the segment behind that is not full yet. Where that fails, the block that comes next tries again.
void SegmentsLog::roll_early() {
  if (const auto rolled = roll(end()); !rolled)
    telemetry::log_warning("a segment was not closed: " + rolled.error().message);
  state_changed_.notify_all();
}

void SegmentsLog::die(const Error& error) {
  {
    std::lock_guard lock(state_mutex_);
    dead_ = error;
    is_refusing_ = true;
  }
  options_.on_fatal(error);
}

// Writes the requests as one block and makes it durable. After a failed write nothing counts: the place is written
// again by the next block. After a failed sync the truth is unknown, and the log is dead.
Result<void> SegmentsLog::write_block(std::vector<Request>& requests) {
  {
    std::lock_guard lock(state_mutex_);
    if (dead_) return tl::unexpected(*dead_);
  }
  auto block = block_of(requests);
  BlockHeader& header = block->header;
  const bool fits =
      active_ && !active_->full && active_->growing.end_position() + header.total_bytes() <= active_->header.file_bytes;
  if (!fits) {
    if (auto rolled = roll(header.first); !rolled) return rolled;
  }
  header.segment = active_->header.id;
  header.log_time = std::max(newest_log_time_, clock_.now() / 1000);

  block->bytes.replace(0, kBlockHeaderBytes, encode(header));
  const std::uint64_t position = active_->growing.end_position();
  if (auto done = active_->file.write_at(position, block->bytes); !done) return done;
  const auto written_at = clock_.monotonic_micros();
  if (options_.is_relaxed) {
    has_unsynced_ = true;
  } else if (auto done = active_->file.sync_data(); !done) {
    return fail(ErrorCode::kInternal, done.error().message);
  }
  options_.on_commit(header.count, clock_.monotonic_micros() - written_at);

  {
    std::lock_guard lock(state_mutex_);
    active_->growing.add_block(header, position, block->payload());
    end_ = header.first + header.count;
    newest_log_time_ = header.log_time;
    counters_.records += header.count;
    counters_.bytes += header.total_bytes();
    keep_in_tail(std::move(block));
  }
  state_changed_.notify_all();
  return {};
}

// Encoding is done here and not by who appends: the I/O thread has requests to read, and while this thread waits for
// the disk the other has a core of its own.
std::shared_ptr<Block> SegmentsLog::block_of(const std::vector<Request>& requests) const {
  const auto begun = clock_.monotonic_micros();
  std::size_t bytes = kBlockHeaderBytes;
  for (const Request& request : requests) bytes += request.bytes;
  auto block = std::make_shared<Block>();
  block->bytes.reserve(bytes);
  block->bytes.resize(kBlockHeaderBytes);
  const core::Record* keyed = nullptr;  // the newest whose key is known: a batch is mostly one visitor's
  VisitorKey key;
  for (const Request& request : requests) {
    for (const core::Record& record : request.records) {
      const bool same = keyed != nullptr && keyed->visitor == record.visitor && keyed->site == record.site;
      if (!same) key = record.key();
      keyed = &record;
      append_entry(block->bytes, record.is_control() ? VisitorKey{} : key, core::foreign_id(record).value_or(0),
                   record);
    }
    block->header.count += static_cast<std::uint32_t>(request.records.size());
  }
  block->header.first = end();
  block->header.payload_bytes = static_cast<std::uint32_t>(block->bytes.size() - kBlockHeaderBytes);
  block->header.payload_hash = hash64(block->payload());
  if (options_.is_relaxed) block->header.flags = kWrittenRelaxed;
  options_.on_encoded(clock_.monotonic_micros() - begun);
  return block;
}

// The newest blocks stay in memory, so that who reads along needs neither the file nor a checksum.
void SegmentsLog::keep_in_tail(std::shared_ptr<const Block> block) {
  tail_bytes_ += block->bytes.size();
  tail_.push_back(std::move(block));
  while (tail_bytes_ > options_.tail_bytes_max) {
    tail_bytes_ -= tail_.front()->bytes.size();
    tail_.pop_front();
  }
}

// Makes the pre-written spare the active segment. Its header becomes durable with its first block. The file work is
// done without the lock: whoever appends or reads meanwhile does not wait for the disk.
Result<void> SegmentsLog::roll(Offset first) {
  if (auto synced = sync_active(); !synced) return synced;
  auto segment = std::make_shared<Segment>();
  segment->header = {next_segment_, first, options_.segment_bytes};
  if (auto taken = take_spare(segment->file); !taken) return taken;
  const fs::path path = options_.folder / name_of_segment(segment->header.id);
  std::error_code ec;
  fs::rename(segment->file.path(), path, ec);
  if (ec) return fail(ErrorCode::kInternal, path.string() + ": rename: " + ec.message());
  segment->file.set_path(path);
  if (auto done = sync_folder(options_.folder); !done) return done;
  if (auto done = segment->file.write_at(0, encode(segment->header)); !done) return done;
  segment->growing.begin_at(first);

  std::lock_guard lock(state_mutex_);
  if (active_) active_->full = true;
  ++next_segment_;
  active_ = segment;
  segments_.insert_or_assign(first, std::move(segment));
  counters_.segments = segments_.size();
  rolled_at_ = clock_.monotonic_micros();
  upkeep_wanted_ = true;
  upkeep_due_.notify_one();
  return {};
}

Result<void> SegmentsLog::sync() {
  auto synced = sync_active();
  if (!synced) die(synced.error());
  return synced;
}

// What a relaxed log has not synced lies in the active segment.
Result<void> SegmentsLog::sync_active() {
  if (!has_unsynced_.exchange(false)) return {};
  std::shared_ptr<Segment> segment;
  {
    std::lock_guard lock(state_mutex_);
    segment = active_;
  }
  if (auto done = segment->file.sync_data(); !done) return fail(ErrorCode::kInternal, done.error().message);
  return {};
}

Result<void> SegmentsLog::take_spare(File& file) {
  while (true) {
    {
      std::lock_guard lock(state_mutex_);
      if (spare_) {
        file = std::move(*spare_);
        spare_.reset();
        return {};
      }
    }
    if (auto prepared = prepare_spare(); !prepared) return prepared;
  }
}

void SegmentsLog::stop() {
  {
    std::lock_guard lock(queue_mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  const bool was_open = committer_.joinable();  // a log that failed to open knows no end to vouch for
  committer_.request_stop();
  upkeep_.request_stop();
  if (committer_.joinable()) committer_.join();
  if (upkeep_.joinable()) upkeep_.join();
  wake();
  if (!sync()) return;
  std::lock_guard lock(state_mutex_);
  if (was_open && !dead_ && active_) (void)write_file_atomically(options_.folder / kCleanMark, encode_clean_mark(end_));
}

}  // namespace handrail::segments
