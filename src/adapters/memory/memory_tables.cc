// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/memory_tables.h"

namespace handrail {

Result<void> MemoryTables::write(std::span<const Write> writes) {
  std::lock_guard lock(mutex_);
  for (const Write& w : writes) {
    if (w.value) {
      now_.insert_or_assign({w.table, w.key}, *w.value);
    } else {
      now_.erase({w.table, w.key});
    }
  }
  return {};
}

Result<void> MemoryTables::sync() {
  std::lock_guard lock(mutex_);
  synced_ = now_;
  return {};
}

Result<std::vector<std::optional<std::string>>> MemoryTables::get(Table table, std::span<const std::string> keys) {
  std::lock_guard lock(mutex_);
  std::vector<std::optional<std::string>> out;
  for (const std::string& key : keys) {
    const auto found = now_.find({table, key});
    out.push_back(found == now_.end() ? std::nullopt : std::optional(found->second));
  }
  return out;
}

Result<TableEngine::Rows> MemoryTables::scan(Table table, std::string_view prefix, std::string_view after,
                                             std::size_t limit) {
  std::lock_guard lock(mutex_);
  Rows rows;
  auto it =
      after.empty() ? now_.lower_bound({table, std::string(prefix)}) : now_.upper_bound({table, std::string(after)});
  for (; it != now_.end() && it->first.first == table && rows.size() < limit; ++it) {
    if (!it->first.second.starts_with(prefix)) break;
    rows.emplace_back(it->first.second, it->second);
  }
  return rows;
}

MemoryTables::Content MemoryTables::content() const {
  std::lock_guard lock(mutex_);
  return now_;
}

MemoryTables::Content MemoryTables::synced_content() const {
  std::lock_guard lock(mutex_);
  return synced_;
}

}  // namespace handrail
