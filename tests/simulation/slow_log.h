// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>

#include "adapters/memory/memory_log.h"
#include "tests/simulation/passing.h"
#include "tests/simulation/schedule.h"
#include "tests/simulation/trouble.h"

namespace handrail::test {

// A log whose appends become durable, and are acknowledged, some time later; that refuses for a while or fails what
// waits; and of which a crash leaves what is durable, and of the rest as much as happened to be written.
class SlowLog final : public PassingLog {
 public:
  SlowLog(Schedule& schedule, const Trouble& trouble, Bug bug)
      : PassingLog(durable_), schedule_(schedule), trouble_(trouble), bug_(bug), durable_(schedule.clock) {}

  void append(std::vector<core::Record> records, Appended done) override;
  Result<bool> holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within, Offset below,
                                UnixMillis since) override {
    if (bug_ == Bug::kDuplicatesNotSeen) return false;
    return PassingLog::holds_foreign_id(record, within, below, since);
  }

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
  MemoryLog durable_;  // what the passing part reads
  std::deque<Waiting> waiting_;
  std::shared_ptr<int> life_ = std::make_shared<int>();  // of the process that appends
  UnixMillis refused_until_ = 0;
  bool is_committing_ = false;
};

}  // namespace handrail::test
