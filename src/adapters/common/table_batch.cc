// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/table_batch.h"

#include "adapters/common/table_rows.h"

namespace handrail::tables {
namespace {

// Collects the rows of a batch.
class BatchWriter {
 public:
  explicit BatchWriter(const StateBatch& batch) : batch_(batch) {}

  std::vector<TableEngine::Write> list_rows() {
    lists();
    interventions();
    chat();
    return std::move(rows_);
  }

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
      put(Table::kJourneys, visitor.bytes() + journey_key(j), archived(j));
    }
    for (const auto& [visitor, e] : batch_.exposures)
      put(Table::kExposures, exposure_key(e.site, e.at, e.decision), archived(e));
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
      if (c.state != core::ConversationState::kClosed) {
        put(Table::kOpenConversations, open_conversation_key(c), "");
      } else {
        remove(Table::kOpenConversations, open_conversation_key(c));
        put(Table::kClosedConversations, closed_conversation_key(c), "");
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

}  // namespace

std::vector<TableEngine::Write> rows_of(const StateBatch& batch) { return BatchWriter{batch}.rows(); }
std::vector<TableEngine::Write> list_rows_of(const StateBatch& batch) { return BatchWriter{batch}.list_rows(); }

}  // namespace handrail::tables
