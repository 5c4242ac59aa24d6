// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "adapters/common/append_parts.h"
#include "adapters/common/refusals.h"
#include "adapters/kinesis/put_records.h"
#include "ports/clock.h"

namespace handrail::kinesis {

struct KinesisSinkOptions {
  std::string stream;
  std::size_t lanes = 4;                                     // calls under way at once; each visitor has one lane
  std::size_t waiting_bytes_max = 32 << 20;                  // accepted and not yet taken; beyond it kUnavailable
  std::size_t block_bytes_max = 900 << 10;                   // of one message
  Millis give_up_after = 10 * kSecond;                       // of what the stream does not take: kUnavailable
  aws::RetryPolicy retry{.base = 25, .pause_max = kSecond};  // pauses between two calls while it refuses some
};

// Counted by a sink, read by anyone.
struct KinesisSinkCounters {
  std::atomic<std::uint64_t> records{0}, messages{0}, calls{0}, refused_messages{0}, failed_calls{0}, given_up{0},
      refused_appends{0};
};

// Records into a Kinesis stream, under their visitor's key. What waits of one visitor goes as one message; a call never
// holds two messages of one visitor, nor is any other call with that visitor under way: so a message that was refused,
// and goes again, is never overtaken. Thread-safe.
class KinesisSink final : public RecordSink, public OwnAppends {
 public:
  KinesisSink(KinesisSinkOptions options, aws::Client& client, aws::Client::Surrounding around);
  ~KinesisSink() override { stop(); }

  void append(std::vector<core::Record> records, Appended done) override;
  Result<void> health() const override;
  // After what waits was taken, or given up. Idempotent.
  void stop();

  std::string newest_of(VisitorKey visitor) const override { return newest_.of(visitor); }

  const KinesisSinkCounters& counters() const { return counters_; }
  std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  struct Part {
    AppendPart records;
    std::int64_t until = 0;  // monotonic, µs
    std::shared_ptr<AppendTicket> ticket;
  };
  // What goes as one message; its parts are told together.
  struct Block {
    std::vector<Part> parts;  // of one visitor
    std::size_t bytes = 0;
    const VisitorKey& visitor() const { return parts.front().records.visitor; }
  };
  struct Lane {
    std::mutex mutex;  // guards parts
    std::condition_variable changed;
    std::deque<Part> parts;
    std::jthread thread;
  };

  void run(Lane& lane, const std::stop_token& stop);
  std::vector<Block> take_blocks(Lane& lane, std::vector<Block> again);
  // Returns those that are to go again.
  std::vector<Block> send(std::vector<Block> blocks);
  std::vector<Block> without_overdue(std::vector<Block> blocks);
  void finish(const Block& block, bool is_taken);

  const KinesisSinkOptions options_;
  aws::Client& client_;
  aws::Client::Surrounding around_;
  std::atomic<std::size_t> waiting_bytes_{0};
  std::atomic<bool> stopping_{false};
  Refusals refusals_;  // of calls as a whole
  NewestMessages newest_;
  KinesisSinkCounters counters_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace handrail::kinesis
