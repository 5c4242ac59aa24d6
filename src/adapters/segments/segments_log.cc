// SPDX-License-Identifier: Apache-2.0
#include "adapters/segments/segments_log.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <utility>

#include "adapters/segments/scan.h"
#include "telemetry/log.h"

namespace handrail::segments {
namespace fs = std::filesystem;

namespace {

constexpr auto kUpkeepEvery = std::chrono::milliseconds(500);
constexpr std::size_t kZeroChunk = 1 << 20;
constexpr const char* kCleanMark = "clean";

std::string name_of_segment(std::uint64_t id) {
  char name[32];
  std::snprintf(name, sizeof(name), "%020llu.seg", static_cast<unsigned long long>(id));
  return name;
}

fs::path index_path(const fs::path& segment) { return fs::path(segment).replace_extension(".idx"); }

// Fills [from, to) with zeros.
Result<void> write_zeros(File& file, std::uint64_t from, std::uint64_t to) {
  static const std::string zeros(kZeroChunk, '\0');
  while (from < to) {
    const std::size_t bytes = std::min<std::uint64_t>(zeros.size(), to - from);
    if (auto done = file.write_at(from, std::string_view(zeros).substr(0, bytes)); !done) return done;
    from += bytes;
  }
  return {};
}

// A small file whose content is whole or absent after a crash.
Result<void> write_file_atomically(const fs::path& path, std::string_view content) {
  const fs::path temporary = fs::path(path).concat(".tmp");
  auto file = File::open(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return pass_on(file);
  if (auto done = file->write_at(0, content); !done) return done;
  if (auto done = file->sync_data(); !done) return done;
  std::error_code ec;
  fs::rename(temporary, path, ec);
  if (ec) return fail(ErrorCode::kInternal, path.string() + ": rename: " + ec.message());
  return sync_folder(path.parent_path());
}

LogEntry entry_at(Offset offset, const Entry& stored) {
  LogEntry entry{offset, stored.visitor, core::decode_record(stored.record), {}};
  if (!entry.record) entry.raw = stored.record;
  return entry;
}

}  // namespace

// A segment as readers hold it: its file, and its index either growing (under the log's state mutex) or sealed.
struct SegmentsLog::Segment {
  SegmentHeader header;
  File file;
  SegmentIndex growing;
  std::shared_ptr<const SealedIndex> sealed;
  bool full = false;  // no more blocks will be added

  Offset end() const { return sealed ? sealed->end() : growing.end(); }
  UnixMillis newest() const { return sealed ? sealed->newest() : growing.newest(); }
  std::optional<BlockRef> block_at(Offset offset) const {
    const auto i = sealed ? sealed->block_of(offset) : growing.block_of(offset);
    if (!i) return std::nullopt;
    return block(*i);
  }
  BlockRef block(std::size_t i) const { return sealed ? sealed->block(i) : growing.blocks()[i]; }
  std::vector<std::uint32_t> blocks_of_visitor(std::uint64_t visitor) const {
    return sealed ? sealed->blocks_of_visitor(visitor) : growing.blocks_of_visitor(visitor);
  }
  std::vector<std::uint32_t> blocks_of_foreign(std::uint64_t foreign) const {
    return sealed ? sealed->blocks_of_foreign(foreign) : growing.blocks_of_foreign(foreign);
  }
};

struct SegmentsLog::Request {
  std::string payload;
  std::uint32_t count = 0;
  Appended done;
};

SegmentsLog::SegmentsLog(LogOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {}

SegmentsLog::~SegmentsLog() { stop(); }

// --- opening ---------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<SegmentsLog>> SegmentsLog::open(LogOptions options, const Clock& clock) {
  std::error_code ec;
  fs::create_directories(options.folder, ec);
  if (ec) return fail(ErrorCode::kInternal, options.folder.string() + ": cannot be created: " + ec.message());
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
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const bool is_last = i + 1 == paths.size();
    auto file = File::open(paths[i], O_RDWR);
    if (!file) return pass_on(file);
    auto head = file->read_at(0, kSegmentHeaderBytes);
    if (!head) return pass_on(head);
    std::string fault;
    auto header = decode_segment_header(*head, fault);
    if (!header && is_last && head->find_first_not_of('\0') == std::string::npos) {
      fs::remove(paths[i]);  // renamed into place, but its first block never became durable
      break;
    }
    if (!header) return fail(ErrorCode::kCorrupt, paths[i].string() + ": " + fault);
    if (i > 0 && header->first != end_) {
      return fail(ErrorCode::kCorrupt, paths[i].string() + ": begins at offset " + std::to_string(header->first) +
                                           ", but the segment before it ends at " + std::to_string(end_));
    }
    auto segment = std::make_shared<Segment>();
    segment->header = *header;
    segment->file = std::move(*file);
    if (!is_last) {
      if (auto index = SealedIndex::open(index_path(paths[i]), header->id)) segment->sealed = std::make_shared<const SealedIndex>(std::move(*index));
    }
    if (!segment->sealed) {
      auto scanned = scan_segment(segment->file, *header);
      if (!scanned) return pass_on(scanned);
      segment->growing = std::move(scanned->index);
      segment->full = !is_last;
      if (is_last && scanned->torn) {
        telemetry::log_warning(paths[i].string() + ": cutting a torn tail behind offset " + std::to_string(segment->growing.end()));
        if (auto cut = write_zeros(segment->file, segment->growing.end_position(), header->file_bytes); !cut) return cut;
        if (auto cut = segment->file.sync_data(); !cut) return cut;
      }
    }
    end_ = segment->end();
    newest_log_time_ = std::max(newest_log_time_, segment->newest());
    next_segment_ = header->id + 1;
    active_ = segment;
    segments_.emplace(header->first, std::move(segment));
  }
  if (auto clean = check_clean_mark(end_); !clean) return clean;
  if (!active_) return roll(0);
  return {};
}

// After a clean stop the end is known, so that damage to the very last block can be told from a torn tail.
Result<void> SegmentsLog::check_clean_mark(Offset end) {
  const fs::path path = options_.folder / kCleanMark;
  std::error_code ec;
  if (!fs::exists(path, ec)) return {};
  auto file = File::open(path, O_RDONLY);
  if (!file) return pass_on(file);
  auto text = file->read_at(0, 64);
  if (!text) return pass_on(text);
  Offset stopped_at = 0;
  std::from_chars(text->data(), text->data() + text->size(), stopped_at);
  if (stopped_at > end) {
    return fail(ErrorCode::kCorrupt, options_.folder.string() + ": the log was closed at offset " + std::to_string(stopped_at) +
                                         ", but ends at " + std::to_string(end) + ": its newest segment is damaged or missing");
  }
  fs::remove(path, ec);
  return sync_folder(options_.folder);
}

// --- appending -------------------------------------------------------------------------------------------------------

void SegmentsLog::append(std::vector<core::Record> records, Appended done) {
  Request request;
  request.count = static_cast<std::uint32_t>(records.size());
  for (const core::Record& record : records) {
    append_entry(request.payload, record.is_control() ? VisitorKey{} : record.key(), core::foreign_id(record).value_or(0),
                 core::encode(record));
  }
  if (request.payload.size() > options_.block_bytes_max) {
    return done(fail(ErrorCode::kLimitExceeded, "one append is larger than a block", "records",
                     static_cast<std::int64_t>(options_.block_bytes_max)));
  }
  request.done = std::move(done);
  std::optional<Error> refusal;
  {
    std::lock_guard lock(state_mutex_);
    refusal = dead_ ? dead_ : unavailable_;
  }
  if (!refusal) refusal = enqueue(request);
  if (!refusal) return queue_changed_.notify_one();
  {
    std::lock_guard lock(state_mutex_);
    ++counters_.refused;
  }
  request.done(tl::unexpected(*refusal));
}

// Takes the request, or says why not and leaves it.
std::optional<Error> SegmentsLog::enqueue(Request& request) {
  std::lock_guard lock(queue_mutex_);
  if (stopping_) return Error{ErrorCode::kUnavailable, "the log is closing"};
  const std::size_t bytes = request.payload.size();
  if (waiting_bytes_ + bytes > options_.waiting_bytes_max) {
    return Error{ErrorCode::kUnavailable, "too much waits to be written", "log.waiting_bytes_max", static_cast<std::int64_t>(options_.waiting_bytes_max)};
  }
  waiting_bytes_ += bytes;
  waiting_.push_back(std::move(request));
  return std::nullopt;
}

void SegmentsLog::commit_loop(const std::stop_token& stop) {
  while (true) {
    std::vector<Request> requests;
    {
      std::unique_lock lock(queue_mutex_);
      queue_changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::size_t bytes = 0;
      while (!waiting_.empty() && bytes + waiting_.front().payload.size() <= options_.block_bytes_max) {
        bytes += waiting_.front().payload.size();
        requests.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
      waiting_bytes_ -= bytes;
    }
    const Offset first = end();
    const Result<void> written = write_block(requests);
    if (!written) {
      const bool no_space = written.error().code == ErrorCode::kUnavailable;
      telemetry::log_error((no_space ? "the log cannot take records now: " : "the log failed: ") + written.error().message);
      {
        std::lock_guard lock(state_mutex_);
        (no_space ? unavailable_ : dead_) = written.error();
      }
      if (!no_space) options_.on_fatal(written.error());
    }
    Offset offset = first;
    for (Request& request : requests) {
      request.done(written ? Result<Offset>(offset) : Result<Offset>(tl::unexpected(written.error())));
      offset += request.count;
    }
  }
}

// Writes the requests as one block and makes it durable. After a failed write nothing counts: the place is written
// again by the next block. After a failed sync the truth is unknown, and the log is dead.
Result<void> SegmentsLog::write_block(std::vector<Request>& requests) {
  {
    std::lock_guard lock(state_mutex_);
    if (dead_) return tl::unexpected(*dead_);
  }
  BlockHeader header;
  header.first = end();
  PayloadHash hash;
  for (const Request& request : requests) {
    header.count += request.count;
    header.payload_bytes += static_cast<std::uint32_t>(request.payload.size());
    hash.add(request.payload);
  }
  header.payload_hash = hash.value();
  const bool fits = active_ && active_->growing.end_position() + header.total_bytes() <= active_->header.file_bytes;
  if (!fits) {
    if (auto rolled = roll(header.first); !rolled) return rolled;
  }
  header.segment = active_->header.id;
  header.log_time = std::max(newest_log_time_, clock_.now() / 1000);

  std::string head = encode(header);
  std::vector<iovec> parts{{head.data(), head.size()}};
  for (Request& request : requests) parts.push_back({request.payload.data(), request.payload.size()});
  const std::uint64_t position = active_->growing.end_position();
  const auto before = clock_.monotonic_micros();
  if (auto done = active_->file.write_at(position, parts); !done) return done;
  if (auto done = active_->file.sync_data(); !done) return fail(ErrorCode::kInternal, done.error().message);

  std::string payload;
  payload.reserve(header.payload_bytes);
  for (const Request& request : requests) payload.append(request.payload);
  {
    std::lock_guard lock(state_mutex_);
    active_->growing.add_block(header, position, payload);
    end_ = header.first + header.count;
    newest_log_time_ = header.log_time;
    ++counters_.commits;
    counters_.records += header.count;
    counters_.bytes += header.total_bytes();
    counters_.sync_micros += static_cast<std::uint64_t>(clock_.monotonic_micros() - before);
  }
  state_changed_.notify_all();
  return {};
}

// Makes the pre-written spare the active segment. Its header becomes durable with its first block.
Result<void> SegmentsLog::roll(Offset first) {
  {
    std::unique_lock lock(state_mutex_);
    const bool have_spare = spare_.has_value();
    lock.unlock();
    if (!have_spare) {
      if (auto prepared = prepare_spare(); !prepared) return prepared;
    }
  }
  std::unique_lock lock(state_mutex_);
  auto segment = std::make_shared<Segment>();
  segment->header = {next_segment_, first, options_.segment_bytes};
  segment->file = std::move(*spare_);
  spare_.reset();
  const fs::path path = options_.folder / name_of_segment(segment->header.id);
  std::error_code ec;
  fs::rename(segment->file.path(), path, ec);
  if (ec) return fail(ErrorCode::kInternal, path.string() + ": rename: " + ec.message());
  segment->file.set_path(path);
  if (auto done = sync_folder(options_.folder); !done) return done;
  if (auto done = segment->file.write_at(0, encode(segment->header)); !done) return done;
  segment->growing.begin_at(first);
  if (active_) active_->full = true;
  ++next_segment_;
  active_ = segment;
  segments_.insert_or_assign(first, std::move(segment));
  counters_.segments = segments_.size();
  return {};
}

// --- upkeep ----------------------------------------------------------------------------------------------------------

void SegmentsLog::upkeep_loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    bool need_spare = false;
    {
      std::unique_lock lock(state_mutex_);
      state_changed_.wait_for(lock, stop, kUpkeepEvery, [] { return false; });
      need_spare = !spare_.has_value() && !dead_;
    }
    if (stop.stop_requested()) return;
    if (need_spare) {
      const auto prepared = prepare_spare();
      std::lock_guard lock(state_mutex_);
      if (prepared && unavailable_) {
        telemetry::log_info("the log takes records again");
        unavailable_.reset();
      }
    }
    seal_full_segments();
    drop_old_segments();
  }
}

Result<void> SegmentsLog::prepare_spare() {
  std::lock_guard preparing(spare_mutex_);
  {
    std::lock_guard lock(state_mutex_);
    if (spare_) return {};
  }
  const fs::path path = options_.folder / "spare.tmp";
  const auto give_up = [&](const Result<void>& failure) {
    std::error_code ec;
    fs::remove(path, ec);  // a half-written spare must not hold the space that others need
    return failure;
  };
  auto file = File::open(path, O_RDWR | O_CREAT | O_TRUNC);
  if (!file) return pass_on(file);
  if (auto done = write_zeros(*file, 0, options_.segment_bytes); !done) return give_up(done);
  if (auto done = file->sync_data(); !done) return give_up(done);
  std::lock_guard lock(state_mutex_);
  spare_ = std::move(*file);
  return {};
}

void SegmentsLog::seal_full_segments() {
  for (const auto& segment : segments_now()) {
    std::string encoded;
    {
      std::lock_guard lock(state_mutex_);
      if (!segment->full || segment->sealed) continue;
      encoded = segment->growing.encoded(segment->header.id);
    }
    const fs::path path = index_path(segment->file.path());
    if (!write_file_atomically(path, encoded)) continue;  // stays in memory; tried again
    auto index = SealedIndex::open(path, segment->header.id);
    if (!index) continue;
    std::lock_guard lock(state_mutex_);
    segment->sealed = std::make_shared<const SealedIndex>(std::move(*index));
    segment->growing = SegmentIndex{};
  }
}

void SegmentsLog::drop_old_segments() {
  const UnixMillis oldest_kept = clock_.now() / 1000 - options_.retention;
  while (true) {
    std::shared_ptr<Segment> oldest;
    {
      std::lock_guard lock(state_mutex_);
      if (segments_.empty() || segments_.begin()->second == active_) return;
      oldest = segments_.begin()->second;
      if (!oldest->sealed || oldest->newest() >= oldest_kept || oldest->end() > released_) return;
      segments_.erase(segments_.begin());
      counters_.segments = segments_.size();
    }
    std::error_code ec;
    fs::remove(oldest->file.path(), ec);
    fs::remove(index_path(oldest->file.path()), ec);
  }
}

void SegmentsLog::stop() {
  {
    std::lock_guard lock(queue_mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  committer_.request_stop();
  upkeep_.request_stop();
  if (committer_.joinable()) committer_.join();
  if (upkeep_.joinable()) upkeep_.join();
  wake();
  std::lock_guard lock(state_mutex_);
  if (!dead_ && active_) (void)write_file_atomically(options_.folder / kCleanMark, std::to_string(end_));
}

// --- reading ---------------------------------------------------------------------------------------------------------

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
        return fail(ErrorCode::kNotFound, "offset " + std::to_string(batch.next) + " was dropped by retention; the log begins at " +
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
