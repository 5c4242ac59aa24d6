// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "adapters/common/table_rows.h"

// What is known of a visitor goes: its rows at once, what the files hold of them later.
namespace handrail {

using namespace tables;

namespace {

using Writes = std::vector<TableEngine::Write>;

void remove(Writes& writes, Table table, std::string key) { writes.push_back({table, std::move(key), std::nullopt}); }

bool is_one_of(std::span<const ErasedVisitor> visitors, const VisitorKey& key) {
  return std::ranges::any_of(visitors, [&](const ErasedVisitor& erased) { return erased.visitor == key; });
}

void remove_conversation(Writes& writes, const core::Conversation& c) {
  remove(writes, Table::kConversations, c.id.bytes());
  remove(writes, Table::kOpenConversations, open_conversation_key(c));
  remove(writes, Table::kClosedConversations, closed_conversation_key(c));
}

}  // namespace

Result<Writes> TableStateStore::erasing(std::span<const ErasedVisitor> visitors) {
  Writes writes;
  for (const ErasedVisitor& erased : visitors) {
    auto removed = removal_of(erased.visitor);
    if (!removed) return pass_on(removed);
    std::move(removed->begin(), removed->end(), std::back_inserter(writes));
    writes.push_back({Table::kErased, erased.visitor.bytes(), archived(erased)});
  }
  if (auto done = remove_dead_letters(writes, visitors); !done) return pass_on(done);
  if (auto done = remove_conversations(writes, visitors); !done) return pass_on(done);
  return writes;
}

Result<void> TableStateStore::erase(std::span<const ErasedVisitor> visitors) {
  auto writes = erasing(visitors);
  if (!writes) return pass_on(writes);
  return engine_->write(*writes);
}

Result<Writes> TableStateStore::removal_of(const VisitorKey& visitor) {
  Writes writes;
  remove(writes, Table::kVisitors, visitor.bytes());
  const auto each = [&](Table table, const std::string& prefix, const auto& use) -> Result<void> {
    auto rows = engine_->scan(table, prefix, {}, SIZE_MAX);
    if (!rows) return pass_on(rows);
    for (const auto& [key, bytes] : *rows) use(key, bytes);
    return {};
  };
  std::vector<std::string> decisions;
  const auto list = [&](Table table) {
    return [&writes, table](const std::string& key, const std::string&) { remove(writes, table, key); };
  };
  const auto by_id = [&](Table index, const auto& use) {
    return [&writes, index, use](const std::string& key, const std::string&) {
      remove(writes, index, key);
      use(id_at_end(key));
    };
  };
  for (const Result<void>& done :
       {each(Table::kSignals, visitor.bytes(), list(Table::kSignals)),
        each(Table::kJourneys, visitor.bytes(), list(Table::kJourneys)),
        each(Table::kDecisionsByVisitor, visitor.bytes(),
             by_id(Table::kDecisionsByVisitor, [&](const std::string& id) { decisions.push_back(id); })),
        each(Table::kInterventionsByVisitor, visitor.bytes(),
             by_id(Table::kInterventionsByVisitor, [&](const std::string& id) {
               remove(writes, Table::kInterventions, id);
               remove(writes, Table::kLiveInterventions, id);
             }))}) {
    if (!done) return pass_on(done);
  }
  if (auto done = remove_exposures(writes, decisions); !done) return pass_on(done);
  return writes;
}

// A site's exposures lie by time and decision: its decisions say where.
Result<void> TableStateStore::remove_exposures(Writes& writes, const std::vector<std::string>& decisions) {
  auto rows = get_all_as<core::Decision>(Table::kDecisions, decisions);
  if (!rows) return pass_on(rows);
  for (const core::Decision& d : *rows) remove(writes, Table::kExposures, exposure_key(d.site, d.at, d.id));
  for (const std::string& id : decisions) remove(writes, Table::kDecisions, id);
  return {};
}

// Both are found by going through all of them, once for however many visitors: erasing is rare, and a table of its own
// for it would be written with each chat.
Result<void> TableStateStore::remove_dead_letters(Writes& writes, std::span<const ErasedVisitor> visitors) {
  auto rows = engine_->scan(Table::kDeadLetters, {}, {}, SIZE_MAX);
  if (!rows) return pass_on(rows);
  for (const auto& [key, bytes] : *rows) {
    const auto letter = unarchived<DeadLetter>(bytes);
    if (letter && is_one_of(visitors, letter->visitor)) remove(writes, Table::kDeadLetters, key);
  }
  return {};
}

Result<void> TableStateStore::remove_conversations(Writes& writes, std::span<const ErasedVisitor> visitors) {
  auto all = conversations(true, SIZE_MAX);
  if (!all) return pass_on(all);
  for (const core::Conversation& conversation : *all) {
    if (!is_one_of(visitors, visitor_key(conversation.site, conversation.visitor))) continue;
    remove_conversation(writes, conversation);
    auto messages = engine_->scan(Table::kMessages, conversation.id.bytes(), {}, SIZE_MAX);
    if (!messages) return pass_on(messages);
    for (const auto& [message, text] : *messages) remove(writes, Table::kMessages, message);
  }
  return {};
}

Result<std::optional<ErasedVisitor>> TableStateStore::erased_visitor(VisitorKey key) {
  return get_as<ErasedVisitor>(Table::kErased, key.bytes());
}

Result<std::vector<ErasedVisitor>> TableStateStore::erased_visitors() {
  auto rows = engine_->scan(Table::kErased, {}, {}, SIZE_MAX);
  if (!rows) return pass_on(rows);
  std::vector<ErasedVisitor> out;
  for (const auto& [key, bytes] : *rows) {
    auto erased = unarchived<ErasedVisitor>(bytes);
    if (!erased) return damaged(Table::kErased);
    out.push_back(*erased);
  }
  std::ranges::sort(out, {}, &ErasedVisitor::below);
  return out;
}

Result<std::vector<ErasedVisitor>> TableStateStore::erasures_to_do() {
  auto all = erased_visitors();
  if (all) std::erase_if(*all, [](const ErasedVisitor& erased) { return erased.gone_at.has_value(); });
  return all;
}

// A visitor that came again meanwhile and is to be forgotten once more waits for the next round.
Result<void> TableStateStore::finish_erasures(std::span<const ErasedVisitor> gone) {
  if (auto purged = engine_->purge(); !purged) return purged;
  Writes writes;
  for (const ErasedVisitor& one : gone) {
    auto known = erased_visitor(one.visitor);
    if (!known) return pass_on(known);
    if (*known && (*known)->below == one.below) writes.push_back({Table::kErased, one.visitor.bytes(), archived(one)});
  }
  return engine_->write(writes);
}

}  // namespace handrail
