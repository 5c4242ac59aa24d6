// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>

#include "adapters/common/table_engine.h"

namespace handrail {

// Tables in memory, for tests and dry runs. Keeps what was synced apart, so that a test can lose the rest.
class MemoryTables final : public TableEngine {
 public:
  using Content = std::map<std::pair<Table, std::string>, std::string>;

  MemoryTables() = default;
  explicit MemoryTables(Content content) : now_(content), synced_(std::move(content)) {}

  Result<void> write(std::span<const Write> writes) override;
  Result<void> purge() override { return {}; }  // nothing is left of what was removed
  Result<void> copy_to(const std::filesystem::path& folder) override {
    return fail(ErrorCode::kInvalidArgument, folder.string() + ": a state in memory is not copied to files");
  }
  Result<void> sync() override;
  Result<std::vector<std::optional<std::string>>> get(Table table, std::span<const std::string> keys) override;
  Result<Rows> scan(Table table, std::string_view prefix, std::string_view after, std::size_t limit) override;

  Content content() const;
  Content synced_content() const;  // what power loss would leave

 private:
  mutable std::mutex mutex_;
  Content now_;
  Content synced_;
};

}  // namespace handrail
