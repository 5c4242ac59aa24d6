// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "cluster/control_view.h"
#include "core/fold/fold.h"
#include "ports/clock.h"
#include "ports/news_stream.h"
#include "ports/record_sink.h"
#include "ports/shared_state.h"
#include "ports/stream_block.h"

namespace handrail {

// Under which number a record that cannot be folded is kept: when it arrived, and what tells it from others of that
// millisecond. It fits into what JSON readers hold exactly.
Offset letter_number(const StreamBlock& block, std::size_t index);

struct BatchFolderOptions {
  core::Rules rules;                                  // where no entry tells of any
  std::size_t visitors_at_once = 16;                  // folded beside each other; each is a thread that waits for I/O
  int conflicts_max = 5;                              // of a visitor in a batch; then its blocks count as failed
  std::size_t consequences_max = 100;                 // rows and news of one commit, about; more are split
  std::chrono::milliseconds append_patience{10'000};  // records for other visitors
  Millis control_age_max = 5 * kSecond;               // what holds for all was read so long ago: nothing is folded
  Millis foreign_ids_since = kDay;                    // exact deduplication of foreign event ids
  core::JourneyWatch* watch = nullptr;                // looks on, also at what is then folded anew; thread-safe
  decltype(&core::fold) fold = &core::fold;           // tests put a failing one here
};

// Counted by a folder, read by anyone.
struct BatchFolderCounters {
  std::atomic<std::uint64_t> blocks{0}, folded{0}, repeated_blocks{0}, conflicts{0}, failed_blocks{0}, dead_letters{0},
      offers{0};
};

// Folds what a stream delivers, at least once and each visitor's in order, into a state that many workers share: the
// processing of a Lambda function, or of any consumer that gets batches. A block that was folded before changes
// nothing; effects are told at least once, and what is told twice is known to those who hear it. One batch at a time.
class BatchFolder {
 public:
  struct Ports {
    SharedState& state;
    RecordSink& sink;
    NewsSender& news;
    ControlView& control;
    const Clock& clock;
  };
  BatchFolder(BatchFolderOptions options, Ports ports) : options_(std::move(options)), ports_(ports) {}

  // Folds the blocks of one shard, in their order. Returns which of them did not get done, ascending: they are to be
  // delivered again, with all of the same visitor behind them.
  std::vector<std::size_t> fold(std::span<const StreamBlock> blocks);

  const BatchFolderCounters& counters() const { return counters_; }

 private:
  friend class VisitorTurn;
  using Turn = std::vector<std::size_t>;  // places of a visitor's blocks in the batch
  Result<void> bury_nameless(std::span<const StreamBlock> blocks, const Turn& turn);

  const BatchFolderOptions options_;
  Ports ports_;
  BatchFolderCounters counters_;
};

}  // namespace handrail
