// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/fold/fold.h"
#include "engine/timers.h"
#include "engine/visitor_cache.h"
#include "ports/clock.h"
#include "ports/event_log.h"
#include "ports/outbox.h"
#include "ports/state_store.h"

namespace handrail {

struct WorkerOptions {
  core::Rules rules;  // where no entry tells of any
  std::string engine_version = "dev";
  std::size_t read_bytes_max = 1 << 20;  // of one batch
  VisitorCacheLimits visitors_in_memory;
  // Decisions go on while the state cannot be written, but not for ever: what is not written is held in memory.
  std::size_t unwritten_max = 1'000'000;
  std::size_t timers_at_once = 1024;
  Millis timer_patience = 2 * kSecond;              // a timer record not folded by then is appended again
  std::chrono::milliseconds append_patience{2000};  // a checkpoint waits this long for records it caused
  Millis foreign_ids_since = kDay;                  // exact deduplication of foreign event ids
  core::JourneyWatch* watch = nullptr;              // looks on while journeys are folded; thread-safe
  decltype(&core::fold) fold = &core::fold;         // tests put a failing one here
};

// Counted by a worker, read by anyone.
struct WorkerCounters {
  std::atomic<std::uint64_t> folded{0}, duplicates{0}, ignored{0}, dead_letters{0}, timers{0}, signals{0};
  std::atomic<std::uint64_t> decided[core::kTriggers][2]{};       // by what led to it; [1]: an offer
  std::atomic<std::uint64_t> outcomes[2][core::kOutcomeKinds]{};  // of exposures, by arm
  std::atomic<UnixMicros> received_at{0};                         // of the newest record read
  // Microseconds in the stages of step().
  std::atomic<std::uint64_t> read_micros{0}, fold_micros{0}, publish_micros{0};

  void note_stages(std::int64_t read, std::int64_t fold, std::int64_t publish) {
    read_micros += static_cast<std::uint64_t>(read);
    fold_micros += static_cast<std::uint64_t>(fold);
    publish_micros += static_cast<std::uint64_t>(publish);
  }
};

// Owns one partition: reads its records in order, folds them, writes what changed, publishes what is news. All state
// changes of the partition happen here, in one thread at a time; there are no locks on a visitor. After an unclean stop
// it folds again from the last checkpoint, muted up to where the log ended then.
class Worker {
 public:
  struct Ports {
    EventLog& log;
    StateStore& store;
    Outbox& outbox;
    const Clock& clock;
  };
  Worker(Partition partition, WorkerOptions options, Ports ports);

  // Takes up the last checkpoint.
  Result<void> recover();
  // Reads and folds one batch, publishes, appends timer records that are due. Returns how many records it read.
  Result<std::size_t> step();
  // Writes everything folded so far as one atomic batch.
  Result<void> checkpoint();

  Offset next() const { return next_.load(std::memory_order_acquire); }            // folded below it
  Offset announced() const { return announced_.load(std::memory_order_acquire); }  // and what is news of it handed on
  Offset written() const { return written_.load(std::memory_order_acquire); }      // checkpointed below it
  bool has_unwritten() const { return next() != written(); }
  std::optional<UnixMillis> next_timer() const { return timers_.next(); }
  const WorkerCounters& counters() const { return counters_; }
  std::size_t visitors_in_memory() const { return cache_size_.load(); }

 private:
  bool is_muted(Offset offset) const { return offset < muted_below_; }
  Result<void> fold_batch(LogBatch& batch);
  Result<void> fold_entry(LogEntry& entry);
  void take_control(core::LoggedRecord entry);
  Result<void> fold_record(const VisitorKey& key, core::LoggedRecord logged);
  Result<bool> is_foreign_duplicate(const core::Visitor& visitor, const core::LoggedRecord& logged) const;
  Result<void> refold_without(const VisitorKey& key, Offset poison);
  void bury(const LogEntry& entry, const std::string& error);
  void keep_rows(const VisitorKey& key);
  const core::Weights& weights_of(const core::Visitor& visitor) const;
  void announce(const VisitorKey& key, const core::LoggedRecord& logged);
  void keep_muted(const VisitorKey& key, const core::LoggedRecord& logged);
  void publish();
  void send_appends();
  Result<void> await_appends();
  void append_due_timers();

  const Partition partition_;
  const WorkerOptions options_;
  Ports ports_;
  VisitorCache cache_;
  Timers timers_;
  core::ControlState control_;
  bool control_changed_ = false;
  core::Effects effects_;  // of the record in hand
  StateBatch rows_;        // since the last checkpoint
  std::vector<Publication> news_;
  std::vector<core::Record> appends_;  // for other visitors; not yet handed to the log
  // Handed to the log; shared with its callbacks, which may outlive this worker.
  struct Sent {
    std::mutex mutex;  // guards the two below
    std::condition_variable changed;
    std::size_t open = 0;
    std::vector<core::Record> failed;
  };
  std::shared_ptr<Sent> sent_ = std::make_shared<Sent>();
  std::unordered_map<VisitorKey, InterventionNews, IdHash>
      muted_offers_;  // the newest of each visitor, told when caught up
  std::atomic<Offset> next_{0};
  std::atomic<Offset> announced_{0};
  std::atomic<Offset> written_{0};
  std::atomic<std::size_t> cache_size_{0};
  Offset muted_below_ = 0;
  WorkerCounters counters_;
};

}  // namespace handrail
