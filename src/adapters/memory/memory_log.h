// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "ports/clock.h"
#include "ports/event_log.h"

namespace handrail {

// A log in memory, for tests and dry runs: appends are durable, and acknowledged, at once.
class MemoryLog final : public EventLog {
 public:
  explicit MemoryLog(const Clock& clock) : clock_(clock) {}

  void append(std::vector<core::Record> records, Appended done) override;
  Result<LogBatch> read(Offset from, Partition partition, std::size_t bytes_max) override;
  void wait_beyond(Offset from, std::chrono::microseconds span) override;
  void wake() override;
  Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) override;
  Result<bool> holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within, Offset below,
                                UnixMillis since) override;
  Result<void> erase(std::span<const Erased> visitors) override;
  Result<void> sync() override { return {}; }
  Offset begin() const override { return 0; }
  Offset end() const override;
  void release_before(Offset) override {}
  Result<void> health() const override { return refusal_; }

  // For tests: bytes as they would lie in the log, also such as cannot be decoded; and appends that are refused.
  Offset append_bytes(VisitorKey key, std::string bytes);
  void refuse_appends(std::optional<Error> why);

 private:
  struct Stored {
    VisitorKey key;
    bool control = false;
    bool erased = false;
    UnixMillis log_time = 0;
    std::optional<std::uint64_t> foreign;
    std::string bytes;
  };

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Stored> stored_;
  std::uint64_t wakes_ = 0;
  Result<void> refusal_;
};

}  // namespace handrail
