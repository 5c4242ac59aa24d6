// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "adapters/segments/file.h"
#include "adapters/segments/index.h"
#include "ports/clock.h"
#include "ports/event_log.h"

namespace handrail::segments {

struct LogOptions {
  std::filesystem::path folder;
  std::uint64_t segment_bytes = 64ULL << 20;
  std::size_t block_bytes_max = 8ULL << 20;     // of one commit
  std::size_t waiting_bytes_max = 32ULL << 20;  // not yet written; beyond it appends are refused
  std::size_t tail_bytes_max = 16ULL << 20;     // newest blocks kept in memory for readers
  Millis retention = 7 * kDay;
  std::uint64_t retention_bytes = 0;  // of all segments; the oldest go earlier where there are more; 0: no limit
  bool is_relaxed = false;  // acknowledges what is written and not yet synced; sync() and a full segment sync it
  // Called once, from a log thread, when storage failed in a way that leaves the truth unknown (a failed fdatasync):
  // nothing more is acknowledged and the process should end within a second.
  std::function<void(const Error&)> on_fatal = [](const Error&) {};
  // Called after each commit, from the committer's thread: how many records, and how long its fdatasync took.
  std::function<void(std::uint32_t records, std::int64_t sync_micros)> on_commit = [](auto, auto) {};
  std::function<void(std::int64_t micros)> on_encoded = [](auto) {};
};

// What a running log counts, for metrics. Monotone.
struct LogCounters {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::uint64_t refused = 0;
  std::uint64_t segments = 0;  // now
};

// The embedded log: segment files on a local disk. One committer thread turns everything that waits into one block,
// writes it, calls fdatasync, then acknowledges: the time of one sync is the batch of the next (group commit).
// A second thread pre-writes the next segment, seals full ones and drops old ones.
class SegmentsLog final : public EventLog {
 public:
  // Opens or creates the log, cutting a torn tail. kCorrupt names what is damaged, kConflict that another process
  // holds the folder.
  static Result<std::unique_ptr<SegmentsLog>> open(LogOptions options, const Clock& clock);
  ~SegmentsLog() override;

  void append(std::vector<core::Record> records, Appended done) override;
  Result<LogBatch> read(Offset from, Partition partition, std::size_t bytes_max) override;
  void wait_beyond(Offset from, std::chrono::microseconds span) override;
  void wake() override;
  Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) override;
  Result<bool> holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within, Offset below,
                                UnixMillis since) override;
  Result<void> erase(std::span<const Erased> visitors) override;
  Result<void> sync() override;
  Offset begin() const override;
  Offset end() const override;
  void release_before(Offset offset) override;
  Result<void> health() const override;

  // A copy of all that is durable now, in a folder that is not there yet, while appends go on; full segments are shared
  // with it by hard links where the file system can. Returns the copy's end; kUnavailable when it is stopped.
  Result<Offset> copy_to(const std::filesystem::path& folder, const std::stop_token& stop = {});

  LogCounters counters() const;
  void stop();  // commits what waits, marks the clean end; idempotent

 private:
  struct Segment;
  struct Request;

  SegmentsLog(LogOptions options, const Clock& clock);
  Result<void> recover();
  Result<void> lock_folder();
  Result<void> take_up(const std::filesystem::path& path, bool is_newest);
  static Result<void> scan_and_cut(Segment& segment);
  Result<void> check_clean_mark(Offset end);

  std::optional<Error> why_refusing() const;
  std::optional<Error> enqueue(Request& request);
  void commit_loop(const std::stop_token& stop);
  void die(const Error& error);
  Result<void> write_block(std::vector<Request>& requests);
  std::shared_ptr<Block> block_of(const std::vector<Request>& requests) const;
  void keep_in_tail(std::shared_ptr<const Block> block);
  Result<void> roll(Offset first);
  void roll_early();
  Result<void> sync_active();
  Result<void> take_spare(File& file);

  void upkeep_loop(const std::stop_token& stop);
  Result<void> prepare_spare();
  Result<void> fill_spare(File& file) const;
  void seal_full_segments();
  void drop_old_segments();

  static Result<void> copy_segment(const Segment& segment, const std::filesystem::path& folder);
  Result<void> close_segments_below(Offset below);
  bool holds_any(const Segment& segment, std::span<const Erased> visitors) const;
  Result<void> write_anew(const std::shared_ptr<Segment>& segment, std::span<const Erased> visitors);

  std::vector<std::shared_ptr<Segment>> segments_now() const;
  std::shared_ptr<Segment> segment_of(Offset offset) const;
  // Where a block is to be had: in memory, or in a file.
  struct Place {
    std::shared_ptr<const Block> block;
    std::shared_ptr<Segment> segment;
    BlockRef ref;
  };
  std::optional<Place> place_of(Offset offset) const;
  static Result<std::shared_ptr<const Block>> fetch(Place place);
  std::vector<std::pair<Offset, Place>> places_of_foreign(std::uint64_t id, std::span<const core::ActiveSpan> within,
                                                          Offset below, UnixMillis since) const;

  const LogOptions options_;
  const Clock& clock_;
  File lock_;

  mutable std::mutex queue_mutex_;  // guards the four below
  std::condition_variable_any queue_changed_;
  std::deque<Request> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;
  bool roll_wanted_ = false;

  mutable std::mutex state_mutex_;  // guards the block below
  std::condition_variable_any state_changed_;
  std::map<Offset, std::shared_ptr<Segment>> segments_;  // by first offset
  std::shared_ptr<Segment> active_;
  std::deque<std::shared_ptr<const Block>> tail_;  // ascending, up to the end
  std::size_t tail_bytes_ = 0;
  std::optional<File> spare_;
  Offset end_ = 0;
  Offset released_ = 0;
  std::uint64_t next_segment_ = 0;
  std::uint64_t wakes_ = 0;
  UnixMillis newest_log_time_ = 0;
  std::optional<Error> unavailable_;  // no space: clears when there is
  std::optional<Error> dead_;         // storage failed: never clears
  LogCounters counters_;
  std::atomic<bool> has_unsynced_{false};  // only ever in a relaxed log
  std::atomic<bool> is_refusing_{false};   // unavailable_ or dead_ is set

  std::condition_variable_any upkeep_due_;  // with upkeep_wanted_
  bool upkeep_wanted_ = false;
  std::atomic<std::int64_t> rolled_at_{INT64_MIN / 2};  // by the monotonic clock

  std::mutex files_mutex_;    // between sealing or dropping segments, and writing one anew
  std::mutex spare_mutex_;    // one thread at a time prepares the spare
  std::uint64_t spares_ = 0;  // prepared so far, under spare_mutex_

  std::jthread committer_;
  std::jthread upkeep_;
};

}  // namespace handrail::segments
