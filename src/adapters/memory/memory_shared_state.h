// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "adapters/common/table_state_store.h"
#include "adapters/memory/memory_tables.h"
#include "ports/record_sink.h"
#include "ports/shared_state.h"

namespace handrail {

// A shared state in memory, for tests: visitors in their stored form, so that nothing is shared that should not be.
class MemorySharedState final : public SharedState, public RecordHistory {
 public:
  MemorySharedState();

  Result<std::vector<SharedVisitor>> load(std::span<const VisitorKey> keys) override;
  Result<std::map<std::uint64_t, SeenId>> seen_ids(VisitorKey key, std::span<const std::uint64_t> ids) override;
  Result<SharedVisitor> commit(const VisitorCommit& commit) override;
  Result<void> write_rows(const std::string& rows, std::uint64_t version) override;
  Result<void> mark_told(VisitorKey key, std::uint64_t version) override;
  Result<void> bury(std::span<const DeadLetter> letters) override;
  Result<std::vector<TimerRow>> due(UnixMillis now, std::size_t limit) override;
  Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) override;

  TableStateStore& lists() { return *lists_; }
  MemoryTables& tables() { return *tables_; }
  std::optional<UnixMillis> next_due();

 private:
  struct Kept {
    std::string visitor;
    std::uint64_t version = 0;
    std::string applied;
    Consequences untold;
    std::optional<UnixMillis> due;
  };

  Result<void> write_at(std::span<const TableEngine::Write> writes, std::uint64_t version);

  mutable std::mutex mutex_;  // guards the maps
  std::map<VisitorKey, Kept> visitors_;
  std::map<VisitorKey, std::map<Offset, core::Record>> records_;
  std::map<VisitorKey, std::map<std::uint64_t, SeenId>> ids_;
  std::map<std::pair<Table, std::string>, std::uint64_t> row_versions_;
  MemoryTables* tables_;
  std::unique_ptr<TableStateStore> lists_;  // over tables_
};

}  // namespace handrail
