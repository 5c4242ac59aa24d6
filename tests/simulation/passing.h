// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/common/table_engine.h"
#include "ports/event_log.h"

// Ports that pass everything on: what goes wrong in a simulation overrides the call in which it does.
namespace handrail::test {

class PassingTables : public TableEngine {
 public:
  explicit PassingTables(std::shared_ptr<TableEngine> inner) : inner_(std::move(inner)) {}
  Result<void> write(std::span<const Write> writes) override { return inner_->write(writes); }
  Result<void> copy_to(const std::filesystem::path& folder) override { return inner_->copy_to(folder); }
  Result<void> purge() override { return inner_->purge(); }
  Result<void> sync() override { return inner_->sync(); }
  Result<std::vector<std::optional<std::string>>> get(Table table, std::span<const std::string> keys) override {
    return inner_->get(table, keys);
  }
  Result<Rows> scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit) override {
    return inner_->scan(table, prefix, after, limit);
  }

 private:
  std::shared_ptr<TableEngine> inner_;
};

// Reads; nobody waits in a simulation, and nothing is dropped. Appending is the heir's.
class PassingLog : public EventLog {
 public:
  explicit PassingLog(EventLog& inner) : inner_(inner) {}
  Result<LogBatch> read(Offset from, Partition partition, std::size_t bytes_max) override {
    return inner_.read(from, partition, bytes_max);
  }
  void wait_beyond(Offset, std::chrono::microseconds) override {}
  void wake() override {}
  Result<std::vector<core::LoggedRecord>> read_visitor(VisitorKey key, Offset before, std::size_t limit) override {
    return inner_.read_visitor(key, before, limit);
  }
  Result<bool> holds_foreign_id(const core::Record& record, std::span<const core::ActiveSpan> within, Offset below,
                                UnixMillis since) override {
    return inner_.holds_foreign_id(record, within, below, since);
  }
  Result<void> erase(std::span<const Erased> visitors) override { return inner_.erase(visitors); }
  Result<void> sync() override { return {}; }
  Offset begin() const override { return 0; }
  Offset end() const override { return inner_.end(); }
  void release_before(Offset) override {}
  Result<void> health() const override { return {}; }

 private:
  EventLog& inner_;
};

}  // namespace handrail::test
