// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/table_state_store.h"

#include <algorithm>

#include "base/archive.h"

namespace handrail {

template <class A>
void fields(A& a, Checkpoint& c) {
  a(c.next, c.engine_version);
}
template <class A>
void fields(A& a, DeadLetter& d) {
  a(d.offset, d.visitor, d.at, d.error, d.bytes);
}

namespace {

// 1 had one control state for all partitions, of agents only; 2 has visitors of format 2.
constexpr std::uint64_t kStateFormat = 3;
const std::string kFormatKey = "format";
const std::string kOldControlKey = "control";
const std::string kControlPrefix = "control/";
const std::string kCheckpointPrefix = "checkpoint/";
constexpr std::size_t kLiveMax = 1'000'000;

std::string big_endian(std::uint64_t number) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift & 0xff));
  return out;
}
std::string newest_first(std::uint64_t number) { return big_endian(~number); }

std::string name_of(Partition p) { return std::to_string(p.count) + "/" + std::to_string(p.index); }
std::string checkpoint_key(Partition p) { return kCheckpointPrefix + name_of(p); }
std::string control_key(Partition p) { return kControlPrefix + name_of(p); }

// Records as rows hold them: in the log's form, which carries its version.
struct StoredEntry {
  Offset offset = 0;
  std::string record;
};
template <class A>
void fields(A& a, StoredEntry& e) {
  a(e.offset, e.record);
}

StoredEntry stored(const core::LoggedRecord& entry) { return {entry.offset, core::encode(entry.record)}; }

std::string stored_all(const std::vector<core::LoggedRecord>& entries) {
  std::vector<StoredEntry> rows;
  for (const core::LoggedRecord& entry : entries) rows.push_back(stored(entry));
  return archived(rows);
}

Result<core::LoggedRecord> taken_out(const StoredEntry& entry) {
  auto record = core::decode_record(entry.record);
  if (!record) return pass_on(record);
  return core::LoggedRecord{entry.offset, std::move(*record)};
}

std::string timer_key(const TimerRow& row) {
  return big_endian(static_cast<std::uint64_t>(row.due)) + row.visitor.bytes();
}

tl::unexpected<Error> damaged(Table table) {
  return fail(ErrorCode::kCorrupt, "a row of state table " + std::to_string(static_cast<int>(table)) + " is damaged");
}

// Collects the rows of a batch.
class BatchWriter {
 public:
  explicit BatchWriter(const StateBatch& batch) : batch_(batch) {}

  std::vector<TableEngine::Write> rows() {
    visitors();
    lists();
    interventions();
    chat();
    timers();
    for (const DeadLetter& letter : batch_.dead_letters)
      put(Table::kDeadLetters, newest_first(letter.offset), archived(letter));
    if (batch_.control) put(Table::kMeta, control_key(batch_.partition), stored_all(*batch_.control));
    for (const core::LoggedRecord& act : batch_.acts)
      put(Table::kActs, newest_first(act.offset), archived(stored(act)));
    put(Table::kMeta, checkpoint_key(batch_.partition), archived(batch_.checkpoint));
    return std::move(rows_);
  }

 private:
  void put(Table table, std::string key, std::string value) {
    rows_.push_back({table, std::move(key), std::move(value)});
  }
  void remove(Table table, std::string key) { rows_.push_back({table, std::move(key), std::nullopt}); }

  void visitors() {
    for (const auto& [key, visitor] : batch_.visitors) {
      put(Table::kVisitors, key.bytes(), core::encode(*visitor));
    }
  }

  void lists() {
    for (const auto& [visitor, s] : batch_.signals) {
      put(Table::kSignals, visitor.bytes() + newest_first(s.episode.began) + s.episode.id.bytes(), archived(s));
    }
    for (const auto& [visitor, d] : batch_.decisions) {
      put(Table::kDecisions, d.id.bytes(), archived(d));
      put(Table::kDecisionsByVisitor, visitor.bytes() + newest_first(static_cast<std::uint64_t>(d.at)) + d.id.bytes(),
          "");
    }
    for (const auto& [visitor, j] : batch_.journeys) {
      put(Table::kJourneys, visitor.bytes() + newest_first(static_cast<std::uint64_t>(j.started_at)) + j.id.bytes(),
          archived(j));
    }
  }

  void interventions() {
    for (const auto& [visitor, i] : batch_.interventions) {
      put(Table::kInterventions, i.id.bytes(), archived(i));
      put(Table::kInterventionsByVisitor,
          visitor.bytes() + newest_first(static_cast<std::uint64_t>(i.made_at)) + i.id.bytes(), "");
      if (core::is_live(i.state)) {
        put(Table::kLiveInterventions, i.id.bytes(), "");
      } else {
        remove(Table::kLiveInterventions, i.id.bytes());
      }
    }
  }

  void chat() {
    for (const auto& [visitor, c] : batch_.conversations) {
      put(Table::kConversations, c.id.bytes(), archived(c));
      const std::string open_key = big_endian(static_cast<std::uint64_t>(c.opened_at)) + c.id.bytes();
      if (c.state != core::ConversationState::kClosed) {
        put(Table::kOpenConversations, open_key, "");
      } else {
        remove(Table::kOpenConversations, open_key);
        put(Table::kClosedConversations,
            newest_first(static_cast<std::uint64_t>(c.closed_at.value_or(0))) + c.id.bytes(), "");
      }
    }
    for (const auto& [visitor, m] : batch_.messages) {
      put(Table::kMessages, m.conversation.bytes() + big_endian(m.offset) + static_cast<char>(m.event), archived(m));
    }
  }

  void timers() {
    for (const TimerRow& row : batch_.timers_gone) remove(Table::kTimers, timer_key(row));
    for (const TimerRow& row : batch_.timers_set) put(Table::kTimers, timer_key(row), "");
  }

  const StateBatch& batch_;
  std::vector<TableEngine::Write> rows_;
};

constexpr std::size_t kIdBytes = 16;
// Of a key that is too short to be one of ours: no id of anything.
std::string id_at_end(const std::string& key) {
  return key.size() < kIdBytes ? std::string(kIdBytes, '\0') : key.substr(key.size() - kIdBytes);
}

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

template <class T>
Result<std::optional<T>> TableStateStore::get_as(Table table, std::string key) {
  auto bytes = get_one(table, std::move(key));
  if (!bytes) return pass_on(bytes);
  if (!*bytes) return std::optional<T>{};
  auto value = unarchived<T>(**bytes);
  if (!value) return damaged(table);
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
    if (!value) return damaged(table);
    out.push_back(std::move(*value));
  }
  return out;
}

template <class T>
Result<ListPage<T>> TableStateStore::page_of(Table table, VisitorKey key, const ListRequest& request) {
  const std::string prefix = key.bytes();
  auto rows =
      engine_->scan(table, prefix, request.before.empty() ? std::string{} : prefix + request.before, request.limit);
  if (!rows) return pass_on(rows);
  ListPage<T> page;
  for (auto& [row_key, bytes] : *rows) {
    auto value = unarchived<T>(bytes);
    if (!value) return damaged(table);
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
  for (const auto& [row_key, empty] : *found) ids.push_back(id_at_end(row_key));
  auto items = get_all_as<T>(rows, ids);
  if (!items) return pass_on(items);
  ListPage<T> page{std::move(*items), std::nullopt};
  if (found->size() == request.limit && !found->empty()) page.next = found->back().first.substr(prefix.size());
  return page;
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
  auto rows = get_as<std::vector<StoredEntry>>(Table::kMeta, control_key(partition));
  if (!rows) return pass_on(rows);
  std::vector<core::LoggedRecord> entries;
  for (const StoredEntry& row : rows->value_or(std::vector<StoredEntry>{})) {
    auto entry = taken_out(row);
    if (!entry) return pass_on(entry);
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<void> TableStateStore::commit(const StateBatch& batch) { return engine_->write(BatchWriter{batch}.rows()); }
Result<void> TableStateStore::sync() { return engine_->sync(); }

// --- StateReader -----------------------------------------------------------------------------------------------------

Result<std::optional<core::Visitor>> TableStateStore::visitor(VisitorKey key) {
  auto loaded = load(std::span(&key, 1));
  if (!loaded) return pass_on(loaded);
  return std::move(loaded->front());
}

Result<ListPage<core::Signal>> TableStateStore::signals(VisitorKey key, const ListRequest& request) {
  return page_of<core::Signal>(Table::kSignals, key, request);
}
Result<ListPage<core::JourneySummary>> TableStateStore::journeys(VisitorKey key, const ListRequest& request) {
  return page_of<core::JourneySummary>(Table::kJourneys, key, request);
}
Result<ListPage<core::Decision>> TableStateStore::decisions(VisitorKey key, const ListRequest& request) {
  return page_by_id<core::Decision>(Table::kDecisionsByVisitor, Table::kDecisions, key, request);
}
Result<ListPage<core::Intervention>> TableStateStore::interventions(VisitorKey key, const ListRequest& request) {
  return page_by_id<core::Intervention>(Table::kInterventionsByVisitor, Table::kInterventions, key, request);
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
  return get_all_as<core::Intervention>(Table::kInterventions, ids);
}

Result<std::optional<core::Conversation>> TableStateStore::conversation(ConversationId id) {
  return get_as<core::Conversation>(Table::kConversations, id.bytes());
}

Result<std::vector<core::Conversation>> TableStateStore::conversations(bool with_closed, std::size_t limit) {
  std::vector<std::string> ids;
  for (Table list : {Table::kOpenConversations, Table::kClosedConversations}) {
    if (list == Table::kClosedConversations && !with_closed) break;
    auto rows = engine_->scan(list, {}, {}, limit);
    if (!rows) return pass_on(rows);
    for (const auto& [key, empty] : *rows) ids.push_back(id_at_end(key));
  }
  return get_all_as<core::Conversation>(Table::kConversations, ids);
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
