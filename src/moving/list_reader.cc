// SPDX-License-Identifier: Apache-2.0
#include "moving/list_reader.h"

#include <algorithm>

#include "adapters/common/table_rows.h"

namespace handrail::moving {
namespace {

constexpr std::size_t kIdsAtOnce = 1000;

}  // namespace

template <class T>
Result<void> ListReader::rows_of(Table table, const std::string& prefix, std::vector<T>& out) const {
  auto rows = tables_.scan(table, prefix, {}, SIZE_MAX);
  if (!rows) return pass_on(rows);
  for (const auto& [key, bytes] : *rows) {
    auto row = unarchived<T>(bytes);
    if (!row) return tables::damaged(table);
    out.push_back(std::move(*row));
  }
  return {};
}

template <class T>
Result<void> ListReader::rows_by_id(Table list, Table table, const VisitorKey& key, std::vector<T>& out) const {
  auto listed = tables_.scan(list, key.bytes(), {}, SIZE_MAX);
  if (!listed) return pass_on(listed);
  std::vector<std::string> ids;
  for (const auto& [row, empty] : *listed) ids.push_back(tables::id_at_end(row));
  auto rows = tables_.get(table, ids);
  if (!rows) return pass_on(rows);
  for (const auto& bytes : *rows) {
    if (!bytes) continue;  // its time was over before that of its place in the list
    auto row = unarchived<T>(*bytes);
    if (!row) return tables::damaged(table);
    out.push_back(std::move(*row));
  }
  return {};
}

Result<void> ListReader::learn_conversations() {
  std::vector<std::string> ids;
  for (const Table list : {Table::kOpenConversations, Table::kClosedConversations}) {
    auto rows = tables_.scan(list, {}, {}, SIZE_MAX);
    if (!rows) return pass_on(rows);
    for (const auto& [key, empty] : *rows) ids.push_back(tables::id_at_end(key));
  }
  std::ranges::sort(ids);
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  for (std::size_t begin = 0; begin < ids.size(); begin += kIdsAtOnce) {
    auto rows =
        tables_.get(Table::kConversations, std::span(ids).subspan(begin, std::min(kIdsAtOnce, ids.size() - begin)));
    if (!rows) return pass_on(rows);
    for (const auto& bytes : *rows) {
      if (!bytes) continue;
      auto c = unarchived<core::Conversation>(*bytes);
      if (!c) return tables::damaged(Table::kConversations);
      conversations_[visitor_key(c->site, c->visitor)].push_back(std::move(*c));
    }
  }
  return {};
}

// A site's exposures lie by time and decision: the visitor's decisions say where.
Result<void> ListReader::exposures_of(VisitorBox& box) const {
  std::vector<std::string> keys;
  for (const core::Decision& d : box.decisions) keys.push_back(tables::exposure_key(d.site, d.at, d.id));
  auto rows = tables_.get(Table::kExposures, keys);
  if (!rows) return pass_on(rows);
  for (const auto& bytes : *rows) {
    if (!bytes) continue;
    auto exposure = unarchived<core::Exposure>(*bytes);
    if (!exposure) return tables::damaged(Table::kExposures);
    box.exposures.push_back(std::move(*exposure));
  }
  return {};
}

Result<void> ListReader::chat_of(VisitorBox& box) const {
  const auto own = conversations_.find(box.key);
  if (own == conversations_.end()) return {};
  box.conversations = own->second;
  std::ranges::sort(box.conversations, {}, [](const core::Conversation& c) { return std::pair(c.opened_at, c.id); });
  for (const core::Conversation& c : box.conversations) {
    if (auto read = rows_of(Table::kMessages, c.id.bytes(), box.messages); !read) return read;
  }
  return {};
}

Result<void> ListReader::fill(VisitorBox& box) const {
  const std::string key = box.key.bytes();
  if (auto read = rows_of(Table::kSignals, key, box.signals); !read) return read;
  if (auto read = rows_by_id(Table::kDecisionsByVisitor, Table::kDecisions, box.key, box.decisions); !read) return read;
  if (auto read = rows_by_id(Table::kInterventionsByVisitor, Table::kInterventions, box.key, box.interventions); !read)
    return read;
  if (auto read = rows_of(Table::kJourneys, key, box.journeys); !read) return read;
  if (auto read = exposures_of(box); !read) return read;
  return chat_of(box);
}

Result<HouseBox> ListReader::house() const {
  HouseBox box;
  if (auto read = rows_of(Table::kErased, {}, box.erased); !read) return pass_on(read);
  if (auto read = rows_of(Table::kDeadLetters, {}, box.letters); !read) return pass_on(read);
  std::vector<tables::StoredEntry> acts;
  if (auto read = rows_of(Table::kActs, {}, acts); !read) return pass_on(read);
  for (const tables::StoredEntry& act : acts) {
    auto entry = tables::taken_out(act);
    if (!entry) return pass_on(entry);
    box.control.push_back(std::move(*entry));
  }
  return box;
}

}  // namespace handrail::moving
