// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>

#include "adapters/memory/memory_log.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/trouble.h"

namespace handrail::test {

// A log whose appends become durable, and are acknowledged, some time later; that refuses for a while or fails what
// waits; and of which a crash leaves what is durable, and of the rest as much as happened to be written.
class SlowLog final : public EventLog {
 public:
  SlowLog(Schedule& schedule, const Trouble& trouble, Bug bug)
      : schedule_(schedule), trouble_(trouble), bug_(bug), durable_(schedule.clock) {}

  void append(std::vector<core::Record> records, Appended done) override;
  Result<LogBatch> read(Offset from, Partition partition, std::size_t bytes_max) override {
    return durable_.read(from, partition, bytes_max);
  }
  void wait_beyond(Offset, std::chrono::microseconds) override {}
  void wake() override {}
  Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) override {
    return durable_.read_visitor(key, before, limit);
  }
  Result<bool> holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within, Offset below,
                                UnixMillis since) override {
    if (bug_ == Bug::kDuplicatesNotSeen) return false;
    return durable_.holds_foreign_id(record, within, below, since);
  }
  Result<void> sync() override { return {}; }
  Offset begin() const override { return 0; }
  Offset end() const override { return durable_.end(); }
  void release_before(Offset) override {}
  Result<void> health() const override { return {}; }

  // The process is gone, and whoever waits with it.
  void crash();
  void calm_down() { refused_until_ = 0; }

 private:
  struct Waiting {
    std::vector<core::Record> records;
    Appended done;
  };
  void commit();
  void refuse(Appended done);
  void write(Waiting waiting);
  bool is_acknowledged_early(const std::vector<core::Record>& records) const;

  Schedule& schedule_;
  const Trouble& trouble_;
  const Bug bug_;
  MemoryLog durable_;
  std::deque<Waiting> waiting_;
  std::shared_ptr<int> life_ = std::make_shared<int>();  // of the process that appends
  UnixMillis refused_until_ = 0;
  bool is_committing_ = false;
};

}  // namespace handrail::test
