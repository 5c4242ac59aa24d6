// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/table_state_store.h"

#include <algorithm>
#include <iterator>

#include "adapters/common/table_batch.h"
#include "adapters/common/table_rows.h"

namespace handrail {

using namespace tables;

namespace {

// 1 had one control state for all partitions, of agents only; 2 has visitors of format 2.
constexpr std::uint64_t kStateFormat = 3;
const std::string kFormatKey = "format";
const std::string kOldControlKey = "control";
constexpr std::size_t kLiveMax = 1'000'000;

}  // namespace

Result<std::unique_ptr<TableStateStore>> TableStateStore::open(std::unique_ptr<TableEngine> engine) {
  std::unique_ptr<TableStateStore> store(new TableStateStore(std::move(engine)));
  auto format = store->get_as<std::uint64_t>(Table::kMeta, kFormatKey);
  if (!format) return pass_on(format);
  if (*format && **format > kStateFormat) {
    return fail(ErrorCode::kCorrupt, "the state has format " + std::to_string(**format) +
                                         ", newer than this program (it reads up to " + std::to_string(kStateFormat) +
                                         "); start the newer program");
  }
  if (auto done = store->upgrade(format->value_or(0)); !done) return pass_on(done);
  return store;
}

// To today's format, at once or not at all.
Result<void> TableStateStore::upgrade(std::uint64_t from) {
  if (from == kStateFormat) return {};
  std::vector<TableEngine::Write> writes{{Table::kMeta, kFormatKey, archived(kStateFormat)}};
  if (from == 1) {
    auto agents = get_as<std::vector<core::AgentAvailability>>(Table::kMeta, kOldControlKey);
    if (!agents) return pass_on(agents);
    auto checkpoints = engine_->scan(Table::kMeta, kCheckpointPrefix, {}, SIZE_MAX);
    if (!checkpoints) return pass_on(checkpoints);
    std::vector<core::LoggedRecord> entries;
    for (core::AgentAvailability& agent : agents->value_or(std::vector<core::AgentAvailability>{}))
      entries.push_back({0, {"default", "", 0, 0, std::move(agent)}});
    for (const auto& [key, value] : *checkpoints)
      writes.push_back({Table::kMeta, kControlPrefix + key.substr(kCheckpointPrefix.size()), stored_all(entries)});
    writes.push_back({Table::kMeta, kOldControlKey, std::nullopt});
  }
  return engine_->write(writes);
}

Result<std::optional<std::string>> TableStateStore::get_one(Table table, std::string key) {
  auto rows = engine_->get(table, std::span(&key, 1));
  if (!rows) return pass_on(rows);
  return std::move(rows->front());
}

// --- StateStore ------------------------------------------------------------------------------------------------------

Result<void> TableStateStore::prepare(std::uint32_t count, Offset begin) {
  auto rows = engine_->scan(Table::kMeta, kCheckpointPrefix, {}, SIZE_MAX);
  if (!rows) return pass_on(rows);
  std::optional<Checkpoint> lowest;
  std::string lowest_control;  // key of the control state that goes with it
  std::vector<TableEngine::Write> writes;
  for (const auto& [key, bytes] : *rows) {
    auto checkpoint = unarchived<Checkpoint>(bytes);
    if (!checkpoint) return damaged(Table::kMeta);
    std::string control = kControlPrefix + key.substr(kCheckpointPrefix.size());
    writes.push_back({Table::kMeta, key, std::nullopt});
    writes.push_back({Table::kMeta, control, std::nullopt});
    if (lowest && lowest->next <= checkpoint->next) continue;
    lowest = std::move(checkpoint);
    lowest_control = std::move(control);
  }
  const bool as_before = rows->size() == count && rows->front().first == checkpoint_key({0, count});
  if (as_before) return {};
  const std::string start = archived(lowest.value_or(Checkpoint{begin, {}}));
  auto control = get_one(Table::kMeta, lowest_control);
  if (!control) return pass_on(control);
  for (std::uint32_t i = 0; i < count; ++i) {
    writes.push_back({Table::kMeta, checkpoint_key({i, count}), start});
    if (*control) writes.push_back({Table::kMeta, control_key({i, count}), *control});
  }
  return engine_->write(writes);
}

Result<StartingPoint> TableStateStore::starting_point() {
  auto rows = engine_->scan(Table::kMeta, kCheckpointPrefix, {}, SIZE_MAX);
  if (!rows) return pass_on(rows);
  std::optional<Offset> lowest;
  std::string of_partition;
  for (const auto& [key, bytes] : *rows) {
    const auto checkpoint = unarchived<Checkpoint>(bytes);
    if (!checkpoint) return damaged(Table::kMeta);
    if (lowest && checkpoint->next >= *lowest) continue;
    lowest = checkpoint->next;
    of_partition = key.substr(kCheckpointPrefix.size());
  }
  if (!lowest) return StartingPoint{};
  auto control = control_at(kControlPrefix + of_partition);
  if (!control) return pass_on(control);
  return StartingPoint{*lowest, std::move(*control)};
}

Result<Checkpoint> TableStateStore::checkpoint(Partition partition) {
  auto own = get_as<Checkpoint>(Table::kMeta, checkpoint_key(partition));
  if (!own) return pass_on(own);
  if (!*own)
    return fail(ErrorCode::kNotFound, "no checkpoint of partition " + std::to_string(partition.index) + " of " +
                                          std::to_string(partition.count));
  return std::move(**own);
}

Result<std::vector<std::optional<core::Visitor>>> TableStateStore::load(std::span<const VisitorKey> keys) {
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const VisitorKey& key : keys) names.push_back(key.bytes());
  auto rows = engine_->get(Table::kVisitors, names);
  if (!rows) return pass_on(rows);
  std::vector<std::optional<core::Visitor>> out;
  out.reserve(keys.size());
  for (const auto& bytes : *rows) {
    if (!bytes) {
      out.emplace_back();
      continue;
    }
    auto visitor = core::decode_visitor(*bytes);
    if (!visitor) return damaged(Table::kVisitors);
    out.push_back(std::move(visitor));
  }
  return out;
}

Result<std::vector<TimerRow>> TableStateStore::timers(Partition partition) {
  auto rows = engine_->scan(Table::kTimers, {}, {}, SIZE_MAX);
  if (!rows) return pass_on(rows);
  std::vector<TimerRow> out;
  for (const auto& [key, empty] : *rows) {
    const VisitorKey visitor{Id128::from_bytes(id_at_end(key))};
    const Id128 due = Id128::from_bytes(key.substr(0, 8) + std::string(8, '\0'));
    if (partition.owns(visitor)) out.push_back({static_cast<UnixMillis>(due.high), visitor});
  }
  return out;
}

Result<std::vector<core::LoggedRecord>> TableStateStore::control(Partition partition) {
  return control_at(control_key(partition));
}

Result<std::vector<core::LoggedRecord>> TableStateStore::control_at(const std::string& key) {
  auto rows = get_as<std::vector<StoredEntry>>(Table::kMeta, key);
  if (!rows) return pass_on(rows);
  std::vector<core::LoggedRecord> entries;
  for (const StoredEntry& row : rows->value_or(std::vector<StoredEntry>{})) {
    auto entry = taken_out(row);
    if (!entry) return pass_on(entry);
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<void> TableStateStore::commit(const StateBatch& batch) {
  if (batch.erased.empty()) return engine_->write(rows_of(batch));
  auto writes = erasing(batch.erased);
  if (!writes) return pass_on(writes);
  auto rows = rows_of(batch);
  std::move(rows.begin(), rows.end(), std::back_inserter(*writes));
  return engine_->write(*writes);
}
Result<void> TableStateStore::sync() { return engine_->sync(); }

Result<std::vector<SeenVisitor>> TableStateStore::seen_visitors(VisitorKey after, std::size_t limit) {
  auto rows = engine_->scan(Table::kVisitors, {}, after.is_zero() ? std::string{} : after.bytes(), limit);
  if (!rows) return pass_on(rows);
  std::vector<SeenVisitor> out;
  for (const auto& [key, bytes] : *rows) {
    auto visitor = core::decode_visitor(bytes);
    if (!visitor) return damaged(Table::kVisitors);
    out.push_back({VisitorKey{Id128::from_bytes(id_at_end(key))}, std::move(visitor->site), std::move(visitor->id),
                   visitor->log_time});
  }
  return out;
}

// --- StateReader -----------------------------------------------------------------------------------------------------

Result<std::optional<core::Visitor>> TableStateStore::visitor(VisitorKey key) {
  auto loaded = load(std::span(&key, 1));
  if (!loaded) return pass_on(loaded);
  return std::move(loaded->front());
}

Result<ListPage<core::Signal>> TableStateStore::signals(VisitorKey key, const ListRequest& request) {
  return page_of<core::Signal>(Table::kSignals, key.bytes(), request);
}
Result<ListPage<core::JourneySummary>> TableStateStore::journeys(VisitorKey key, const ListRequest& request) {
  // The newest one is in the visitor, and a row once it has ended; releases before this one wrote it as a row as well.
  auto known = visitor(key);
  if (!known) return pass_on(known);
  if (!*known || !(*known)->journey.has_begun())
    return page_of<core::JourneySummary>(Table::kJourneys, key.bytes(), request);
  const core::JourneySummary newest = core::summary_of((*known)->journey);
  const std::string its_key = journey_key(newest);
  ListRequest ended{request.limit, request.before.empty() ? its_key : request.before};
  if (request.before.empty()) --ended.limit;
  ListPage<core::JourneySummary> page;
  if (ended.limit > 0) {
    auto rows = page_of<core::JourneySummary>(Table::kJourneys, key.bytes(), ended);
    if (!rows) return rows;
    page = std::move(*rows);
  } else {
    page.next = its_key;
  }
  if (request.before.empty()) page.items.insert(page.items.begin(), newest);
  return page;
}
Result<ListPage<core::Decision>> TableStateStore::decisions(VisitorKey key, const ListRequest& request) {
  return page_by_id<core::Decision>(Table::kDecisionsByVisitor, Table::kDecisions, key, request);
}
Result<ListPage<core::Intervention>> TableStateStore::interventions(VisitorKey key, const ListRequest& request) {
  return page_by_id<core::Intervention>(Table::kInterventionsByVisitor, Table::kInterventions, key, request);
}
Result<ListPage<core::Exposure>> TableStateStore::exposures(std::string_view site, const ListRequest& request) {
  return page_of<core::Exposure>(Table::kExposures, big_endian(hash64(site)), request);
}

Result<std::optional<core::Exposure>> TableStateStore::exposure(const core::Decision& decision) {
  return get_as<core::Exposure>(Table::kExposures, exposure_key(decision.site, decision.at, decision.id));
}

Result<std::optional<core::Decision>> TableStateStore::decision(DecisionId id) {
  return get_as<core::Decision>(Table::kDecisions, id.bytes());
}
Result<std::optional<core::Intervention>> TableStateStore::intervention(InterventionId id) {
  return get_as<core::Intervention>(Table::kInterventions, id.bytes());
}

Result<std::vector<core::Intervention>> TableStateStore::live_interventions() {
  auto rows = engine_->scan(Table::kLiveInterventions, {}, {}, kLiveMax);
  if (!rows) return pass_on(rows);
  std::vector<std::string> ids;
  for (const auto& [key, empty] : *rows) ids.push_back(key);
  auto all = get_all_as<core::Intervention>(Table::kInterventions, ids);
  if (all) std::erase_if(*all, [](const core::Intervention& i) { return !core::is_live(i.state); });
  return all;
}

Result<std::optional<core::Conversation>> TableStateStore::conversation(ConversationId id) {
  return get_as<core::Conversation>(Table::kConversations, id.bytes());
}

Result<std::vector<core::Conversation>> TableStateStore::conversations(bool with_closed, std::size_t limit) {
  std::vector<core::Conversation> out;
  for (Table list : {Table::kOpenConversations, Table::kClosedConversations}) {
    if (list == Table::kClosedConversations && !with_closed) break;
    auto rows = engine_->scan(list, {}, {}, limit);
    if (!rows) return pass_on(rows);
    std::vector<std::string> ids;
    for (const auto& [key, empty] : *rows) ids.push_back(id_at_end(key));
    auto some = get_all_as<core::Conversation>(Table::kConversations, ids);
    if (!some) return some;
    std::ranges::copy_if(*some, std::back_inserter(out), [&](const core::Conversation& c) {
      return (c.state == core::ConversationState::kClosed) == (list == Table::kClosedConversations);
    });
  }
  return out;
}

Result<std::vector<core::ChatMessage>> TableStateStore::messages(ConversationId id, std::optional<Offset> after,
                                                                 std::size_t limit) {
  const std::string prefix = id.bytes();
  const std::string from = after ? prefix + big_endian(*after) + '\xff' : std::string{};
  auto rows = engine_->scan(Table::kMessages, prefix, from, limit);
  if (!rows) return pass_on(rows);
  std::vector<core::ChatMessage> out;
  for (const auto& [key, bytes] : *rows) {
    auto message = unarchived<core::ChatMessage>(bytes);
    if (!message) return damaged(Table::kMessages);
    out.push_back(std::move(*message));
  }
  return out;
}

Result<std::vector<VisitorKey>> TableStateStore::visitors_of(std::string_view site, std::string_view user_id) {
  auto person = visitor(visitor_key(site, user_id));
  if (!person) return pass_on(person);
  std::vector<VisitorKey> out;
  if (!*person) return out;
  for (const std::string& id : (*person)->person.visitors) out.push_back(visitor_key(site, id));
  return out;
}

Result<std::vector<core::LoggedRecord>> TableStateStore::acts(std::optional<Offset> before, std::size_t limit) {
  auto rows = engine_->scan(Table::kActs, {}, before ? newest_first(*before) : std::string{}, limit);
  if (!rows) return pass_on(rows);
  std::vector<core::LoggedRecord> out;
  for (const auto& [key, bytes] : *rows) {
    auto row = unarchived<StoredEntry>(bytes);
    if (!row) return damaged(Table::kActs);
    auto act = taken_out(*row);
    if (!act) return pass_on(act);
    out.push_back(std::move(*act));
  }
  return out;
}

Result<std::vector<DeadLetter>> TableStateStore::dead_letters(std::size_t limit) {
  auto rows = engine_->scan(Table::kDeadLetters, {}, {}, limit);
  if (!rows) return pass_on(rows);
  std::vector<DeadLetter> out;
  for (const auto& [key, bytes] : *rows) {
    auto letter = unarchived<DeadLetter>(bytes);
    if (!letter) return damaged(Table::kDeadLetters);
    out.push_back(std::move(*letter));
  }
  return out;
}

Result<std::optional<DeadLetter>> TableStateStore::dead_letter(Offset offset) {
  return get_as<DeadLetter>(Table::kDeadLetters, newest_first(offset));
}

}  // namespace handrail
