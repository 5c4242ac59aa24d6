// SPDX-License-Identifier: Apache-2.0
#include "adapters/memory/memory_shared_state.h"

#include <algorithm>

#include "adapters/common/stored_rows.h"
#include "adapters/common/table_rows.h"
#include "base/check.h"

namespace handrail {

MemorySharedState::MemorySharedState() {
  auto tables = std::make_unique<MemoryTables>();
  tables_ = tables.get();
  auto lists = TableStateStore::open(std::move(tables));
  check(lists.has_value(), "an empty state can be opened");
  lists_ = std::move(*lists);
}

Result<std::vector<SharedVisitor>> MemorySharedState::load(std::span<const VisitorKey> keys) {
  std::lock_guard lock(mutex_);
  std::vector<SharedVisitor> out;
  for (const VisitorKey& key : keys) {
    SharedVisitor& visitor = out.emplace_back();
    const auto kept = visitors_.find(key);
    if (kept == visitors_.end()) continue;
    auto decoded = core::decode_visitor(kept->second.visitor);
    check(decoded.has_value(), "what was encoded can be decoded");
    visitor = {std::move(*decoded), kept->second.version, kept->second.applied, kept->second.untold};
  }
  return out;
}

Result<std::map<std::uint64_t, SeenId>> MemorySharedState::seen_ids(VisitorKey key,
                                                                    std::span<const std::uint64_t> ids) {
  std::lock_guard lock(mutex_);
  std::map<std::uint64_t, SeenId> out;
  for (const std::uint64_t id : ids) {
    if (const auto known = ids_[key].find(id); known != ids_[key].end()) out.insert(*known);
  }
  return out;
}

Result<SharedVisitor> MemorySharedState::commit(const VisitorCommit& commit) {
  std::lock_guard lock(mutex_);
  for (const auto& block : commit.blocks) {
    for (const core::LoggedRecord& logged : block) records_[commit.key].insert_or_assign(logged.offset, logged.record);
  }
  for (const auto& [id, seen] : commit.new_ids) ids_[commit.key].insert_or_assign(id, seen);
  Kept& kept = visitors_[commit.key];
  if (kept.version != commit.before->version) return fail(ErrorCode::kConflict, "another was faster");
  kept = {core::encode(*commit.after), kept.version + 1, commit.applied,
          Consequences{stored_rows(commit.rows), commit.news, commit.appends}, core::next_due(*commit.after)};
  const bool is_known = !commit.after->id.empty();
  const TableEngine::Write row{Table::kVisitors, commit.key.bytes(),
                               is_known ? std::optional(kept.visitor) : std::nullopt};
  if (auto written = tables_->write(std::span(&row, 1)); !written) return pass_on(written);
  return SharedVisitor{*commit.after, kept.version, kept.applied, kept.untold};
}

Result<void> MemorySharedState::write_rows(const std::string& rows, std::uint64_t version) {
  const auto write = [&](std::span<const TableEngine::Write> writes) { return write_at(writes, version); };
  return write_stored_rows(rows, write, *lists_, [this](const ErasedVisitor& erased) -> Result<void> {
    std::lock_guard lock(mutex_);
    std::erase_if(records_[erased.visitor], [&](const auto& record) { return record.first < erased.below; });
    std::erase_if(ids_[erased.visitor], [&](const auto& id) { return id.second.offset < erased.below; });
    return {};
  });
}

Result<void> MemorySharedState::write_at(std::span<const TableEngine::Write> writes, std::uint64_t version) {
  std::lock_guard lock(mutex_);
  std::vector<TableEngine::Write> newer;
  for (const TableEngine::Write& write : writes) {
    const bool has_value = write.value && !write.value->empty();
    if (std::uint64_t& known = row_versions_[{write.table, write.key}]; has_value) {
      if (known > version) continue;
      known = version;
    }
    newer.push_back(write);
  }
  return tables_->write(newer);
}

Result<void> MemorySharedState::mark_told(VisitorKey key, std::uint64_t version) {
  std::lock_guard lock(mutex_);
  Kept& kept = visitors_[key];
  if (kept.version != version) return fail(ErrorCode::kConflict, "another was faster");
  kept.untold = {};
  return {};
}

Result<void> MemorySharedState::bury(std::span<const DeadLetter> letters) {
  std::vector<TableEngine::Write> writes;
  for (const DeadLetter& letter : letters)
    writes.push_back({Table::kDeadLetters, tables::newest_first(letter.offset), archived(letter)});
  return tables_->write(writes);
}

Result<std::vector<TimerRow>> MemorySharedState::due(UnixMillis now, std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<TimerRow> out;
  for (const auto& [key, kept] : visitors_) {
    if (kept.due && *kept.due <= now && out.size() < limit) out.push_back({*kept.due, key});
  }
  return out;
}

std::optional<UnixMillis> MemorySharedState::next_due() {
  std::lock_guard lock(mutex_);
  std::optional<UnixMillis> next;
  for (const auto& [key, kept] : visitors_) {
    if (kept.due && (!next || *kept.due < *next)) next = kept.due;
  }
  return next;
}

Result<std::vector<core::LoggedRecord>> MemorySharedState::read_visitor(VisitorKey key, Offset before,
                                                                        std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<core::LoggedRecord> out;
  const auto& records = records_[key];
  for (auto record = records.rbegin(); record != records.rend() && out.size() < limit; ++record) {
    if (record->first < before) out.push_back({record->first, record->second});
  }
  return out;
}

}  // namespace handrail
