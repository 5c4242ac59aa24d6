// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/common/table_state_store.h"
#include "base/archive.h"

// Keys and rows of the state's tables, for those who write and read them (table_*.cc). Numbers in keys are big-endian,
// inverted where a list is read newest first.
namespace handrail {

template <class A>
void fields(A& a, Checkpoint& c) {
  a(c.next, c.engine_version);
}
template <class A>
void fields(A& a, DeadLetter& d) {
  a(d.offset, d.visitor, d.at, d.error, d.bytes);
}
template <class A>
void fields(A& a, ErasedVisitor& e) {
  a(e.visitor, e.below, e.at, e.gone_at);
}

namespace tables {

inline const std::string kControlPrefix = "control/";
inline const std::string kCheckpointPrefix = "checkpoint/";

inline std::string big_endian(std::uint64_t number) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift & 0xff));
  return out;
}
inline std::string newest_first(std::uint64_t number) { return big_endian(~number); }

inline std::string name_of(Partition p) { return std::to_string(p.count) + "/" + std::to_string(p.index); }
inline std::string checkpoint_key(Partition p) { return kCheckpointPrefix + name_of(p); }
inline std::string control_key(Partition p) { return kControlPrefix + name_of(p); }

// Records as rows hold them: in the log's form, which carries its version.
struct StoredEntry {
  Offset offset = 0;
  std::string record;
};
template <class A>
void fields(A& a, StoredEntry& e) {
  a(e.offset, e.record);
}

inline StoredEntry stored(const core::LoggedRecord& entry) { return {entry.offset, core::encode(entry.record)}; }

inline std::string stored_all(const std::vector<core::LoggedRecord>& entries) {
  std::vector<StoredEntry> rows;
  rows.reserve(entries.size());
  for (const core::LoggedRecord& entry : entries) rows.push_back(stored(entry));
  return archived(rows);
}

inline Result<core::LoggedRecord> taken_out(const StoredEntry& entry) {
  auto record = core::decode_record(entry.record);
  if (!record) return pass_on(record);
  return core::LoggedRecord{entry.offset, std::move(*record)};
}

inline std::string timer_key(const TimerRow& row) {
  return big_endian(static_cast<std::uint64_t>(row.due)) + row.visitor.bytes();
}

// Of a visitor's newest first.
inline std::string journey_key(const core::JourneySummary& j) {
  return newest_first(static_cast<std::uint64_t>(j.started_at)) + j.id.bytes();
}

inline std::string open_conversation_key(const core::Conversation& c) {
  return big_endian(static_cast<std::uint64_t>(c.opened_at)) + c.id.bytes();
}
inline std::string closed_conversation_key(const core::Conversation& c) {
  return newest_first(static_cast<std::uint64_t>(c.closed_at.value_or(0))) + c.id.bytes();
}

// A site's newest first.
inline std::string exposure_key(std::string_view site, UnixMillis at, DecisionId decision) {
  return big_endian(hash64(site)) + newest_first(static_cast<std::uint64_t>(at)) + decision.bytes();
}

inline tl::unexpected<Error> damaged(Table table) {
  return fail(ErrorCode::kCorrupt, "a row of state table " + std::to_string(static_cast<int>(table)) + " is damaged");
}

inline constexpr std::size_t kIdBytes = 16;
// Of a key that is too short to be one of ours: no id of anything.
inline std::string id_at_end(const std::string& key) {
  return key.size() < kIdBytes ? std::string(kIdBytes, '\0') : key.substr(key.size() - kIdBytes);
}

}  // namespace tables

template <class T>
Result<std::optional<T>> TableStateStore::get_as(Table table, std::string key) {
  auto bytes = get_one(table, std::move(key));
  if (!bytes) return pass_on(bytes);
  if (!*bytes) return std::optional<T>{};
  auto value = unarchived<T>(**bytes);
  if (!value) return tables::damaged(table);
  return value;
}

template <class T>
Result<std::vector<T>> TableStateStore::get_all_as(Table table, const std::vector<std::string>& keys) {
  auto rows = engine_->get(table, keys);
  if (!rows) return pass_on(rows);
  std::vector<T> out;
  for (const auto& bytes : *rows) {
    if (!bytes) continue;
    auto value = unarchived<T>(*bytes);
    if (!value) return tables::damaged(table);
    out.push_back(std::move(*value));
  }
  return out;
}

template <class T>
Result<ListPage<T>> TableStateStore::page_of(Table table, const std::string& prefix, const ListRequest& request) {
  auto rows =
      engine_->scan(table, prefix, request.before.empty() ? std::string{} : prefix + request.before, request.limit);
  if (!rows) return pass_on(rows);
  ListPage<T> page;
  for (auto& [row_key, bytes] : *rows) {
    auto value = unarchived<T>(bytes);
    if (!value) return tables::damaged(table);
    page.items.push_back(std::move(*value));
  }
  if (rows->size() == request.limit && !rows->empty()) page.next = rows->back().first.substr(prefix.size());
  return page;
}

template <class T>
Result<ListPage<T>> TableStateStore::page_by_id(Table list, Table rows, VisitorKey key, const ListRequest& request) {
  const std::string prefix = key.bytes();
  auto found =
      engine_->scan(list, prefix, request.before.empty() ? std::string{} : prefix + request.before, request.limit);
  if (!found) return pass_on(found);
  std::vector<std::string> ids;
  for (const auto& [row_key, empty] : *found) ids.push_back(tables::id_at_end(row_key));
  auto items = get_all_as<T>(rows, ids);
  if (!items) return pass_on(items);
  ListPage<T> page{std::move(*items), std::nullopt};
  if (found->size() == request.limit && !found->empty()) page.next = found->back().first.substr(prefix.size());
  return page;
}

}  // namespace handrail
